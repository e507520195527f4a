# The module evaluator: collects modules, joins option declarations with definitions, and merges.
#
# Unlike NixOS's, it does not stop at the first mistake. Whatever is wrong with the modules comes back as a list
# of problems, each with the places of the definitions it is about; the value of a faulty option throws when it
# is read. Definitions of options that nobody declares are split in two: where the declarations are known to be
# complete they are problems, elsewhere they are `unverified`.
#
# isClosed, isCovered, isNixosModule, world: see ./tree.nix and ./collect.nix
# library: the `lib` that module functions are given
{
  isClosed,
  isCovered,
  isNixosModule,
  world,
  library,
  attrsets,
  lists,
  properties,
  spelling,
  strings,
  trivial,
}:
let
  inherit (builtins)
    attrNames
    concatMap
    filter
    isAttrs
    ;
  inherit (attrsets) setAttrByPath;
  inherit (properties) mkOption showOption;

  definitionFunctions = import ./definitions.nix { inherit attrsets lists properties strings trivial; };
  inherit (definitionFunctions)
    lazyValues
    members
    mergeDefinitions
    mergeEqual
    placeOf
    problem
    pushDown
    showDefinitions
    unspecified
    ;
  inherit
    (import ./tree.nix {
      definitions = definitionFunctions;
      inherit isClosed lists properties spelling trivial;
    })
    evaluateSet
    withLoose
    ;
  inherit
    (import ./collect.nix {
      definitions = definitionFunctions;
      inherit isCovered isNixosModule world lists properties trivial;
    })
    collect
    ;

  /*
    Evaluates modules.

    In: modules (paths, functions or sets), definitions that come from elsewhere ({ file; pos; value; }), the path
    they are below, the arguments that every module function is given, and those that depend on its file.
    Out: { config; options; problems; unverified; files; }
  */
  evaluateModules =
    {
      modules,
      definitions ? [ ],
      prefix ? [ ],
      specialArgs ? { },
      argumentsOf ? _: { },
    }:
    let
      collected = collect (modules ++ [ internalModule ]) arguments;
      # As in NixOS, what a module imports stands before its own definitions.
      loaded = lists.reverseList collected.modules;
      tree =
        evaluateSet prefix
          (map (module: {
            inherit (module) file;
            pos = null;
            value = module.options;
          }) loaded)
          (
            map (module: {
              inherit (module) file;
              pos = null;
              value = module.config;
            }) loaded
            ++ definitions
          );
      freeformType = tree.outcomes._module.outcomes.freeformType.config;
      freeform = mergeDefinitions prefix freeformType (
        map (found: {
          inherit (found.definition) file pos;
          value = setAttrByPath (lists.drop (builtins.length prefix) found.path) found.definition.value;
        }) tree.unmatched
      );
      config =
        if freeformType == null then
          withLoose tree
        else
          attrsets.recursiveUpdate (if tree.unmatched == [ ] then { } else freeform.value) tree.config;
      arguments = {
        inherit argumentsOf;
        inherited = config._module.args;
        given = {
          lib = library;
        }
        // specialArgs
        // {
          inherit config;
          inherit (tree) options;
        };
      };
      mistakes = filter (found: found.closed) tree.unmatched;
      loose = filter (found: !found.closed) tree.unmatched;
      # A definition of the wrong type throws where another reads it; rather than that, all mistakes are told.
      certain = collected.problems ++ concatMap (outcome: outcome.problems) tree.told;
      faulty = certain != [ ];
    in
    {
      config = removeAttrs config [ "_module" ];
      options = removeAttrs tree.options [ "_module" ];
      problems =
        (if faulty then certain else tree.problems)
        ++ (
          if freeformType == null then
            concatMap undeclared mistakes
          else if tree.unmatched == [ ] then
            [ ]
          else
            freeform.problems
        );
      unverified =
        collected.unverified
        ++ (if faulty then concatMap (outcome: outcome.unverified) tree.told else tree.unverified)
        ++ (if freeformType == null then concatMap unknownLeaves loose else [ ]);
      files = map (module: module.file) collected.modules;
    };

  undeclared =
    { path, definition, siblings, ... }:
    [
      (
        problem "undeclared" path [ definition ]
          "The option `${showOption path}' does not exist. Definition values:${showDefinitions [ definition ]}"
        // {
          siblings = map (name: showOption (lists.init path ++ [ name ])) siblings;
        }
      )
    ];

  # What an unknown definition sets, named down to three parts: `services.foobar.enable`.
  unknownLeaves =
    { path, definition, ... }:
    let
      parts = pushDown trivial.id definition.value;
      plain = lists.all (part: isAttrs part.attrs && part.attrs != { } && !(part.attrs ? outPath)) parts;
    in
    if definition.file == renamesFile && isNothing definition.value then
      [ ]
    else if builtins.length path < 3 && plain then
      concatMap (
        part:
        lists.concatMap (
          name:
          unknownLeaves {
            path = path ++ [ name ];
            definition = (members definition.file trivial.id part.attrs).${name};
          }
        ) (attrNames part.attrs)
      ) parts
    else
      [
        {
          option = showOption path;
          inherit path;
          place = placeOf definition;
        }
      ];

  # Whether a definition comes down to none: that of a rename whose old name nobody defines.
  renamesFile = toString ./renames.nix;
  isNothing = value: lists.all (part: isAttrs part.attrs && lists.all isNothing (builtins.attrValues part.attrs)) (pushDown trivial.id value);

  # What every evaluation has of its own: arguments for modules, and the type of what nobody declares.
  internalModule = {
    _file = toString ./modules.nix;
    options._module = {
      args = mkOption {
        type = lazyValues;
        default = { };
      };
      check = mkOption {
        type = unspecified;
        default = true;
      };
      freeformType = mkOption {
        type = unspecified // {
          merge = mergeEqual;
        };
        default = null;
      };
    };
  };
in
{
  inherit evaluateModules;
  inherit (definitionFunctions)
    anything
    members
    mergeDefinitions
    mergeEqual
    problem
    showDefinitions
    unspecified
    ;
}
