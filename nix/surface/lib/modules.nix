# The module evaluator: collects modules, joins option declarations with definitions, and merges.
#
# Unlike NixOS's, it does not stop at the first mistake. Whatever is wrong with the modules comes back as a list
# of problems, each with the places of the definitions it is about; the value of a faulty option throws when it
# is read. Definitions of options that nobody declares are split in two: where the declarations are known to be
# complete they are problems, elsewhere they are `unverified`.
#
# isClosed: path -> files -> bool
#   Whether the option set at `path`, declared in `files`, is complete: an undeclared option in it is a mistake.
# isNixosModule: path -> bool
#   Whether a module file that is not there is one of NixOS's own, which an embedded surface need not have.
# library
#   The `lib` that module functions are given.
{
  isClosed,
  isNixosModule,
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
    addErrorContext
    attrNames
    concatMap
    elem
    filter
    head
    isAttrs
    mapAttrs
    tail
    unsafeGetAttrPos
    zipAttrsWith
    ;
  inherit (attrsets) setAttrByPath;
  inherit (properties) mkOption mkOverride showOption;

  placeOf = definition: if definition.pos == null then { inherit (definition) file; } else definition.pos;
  showPlace =
    definition:
    let
      place = placeOf definition;
    in
    place.file + (if place ? line then ":${toString place.line}:${toString place.column}" else "");

  # The values of definitions, as NixOS lists them.
  showDefinitions =
    definitions:
    strings.concatMapStrings (
      definition: "\n- In `${definition.file}': ${strings.show definition.value}"
    ) definitions;

  problem = kind: path: definitions: message: {
    inherit kind message;
    option = showOption path;
    places = map placeOf definitions;
  };

  /*
    Merges the definitions of one option.

    In: the option's path, its type, and definitions { file; pos; value; } whose values may carry properties.
    Out: { isDefined; value; priority; definitions; problems; unverified; }
  */
  mergeDefinitions =
    path: type: definitions:
    let
      resolved = concatMap (resolve path) definitions;
      priority = lists.foldl' (lowest: definition: trivial.min lowest definition.priority) 9999 resolved;
      winning = filter (definition: definition.priority == priority) resolved;
      ordered =
        if lists.any (definition: definition.order != properties.defaultOrderPriority) winning then
          builtins.sort (left: right: left.order < right.order) winning
        else
          winning;
      mistyped = filter (definition: !type.check definition.value) ordered;
      typeProblem =
        problem "type" path mistyped
          "A definition for option `${showOption path}' is not of type `${type.description}'. Definition values:${showDefinitions mistyped}";
      merged =
        if ordered == [ ] then
          {
            value = type.emptyValue or (throw "The option `${showOption path}' was accessed but has no value defined. Try setting the option.");
            problems = [ ];
            unverified = [ ];
          }
        else if mistyped != [ ] then
          {
            value = throw typeProblem.message;
            problems = [ typeProblem ];
            unverified = [ ];
          }
        else
          type.merge path ordered;
    in
    {
      inherit (merged) value problems unverified;
      inherit priority;
      isDefined = ordered != [ ];
      definitions = ordered;
    };

  # One definition as the list of those that its mkIf, mkMerge, mkOverride and mkOrder leave.
  resolve =
    path: definition:
    let
      value = addErrorContext "while evaluating the definition of `${showOption path}' at ${showPlace definition}" definition.value;
      property = if isAttrs value then value._type or null else null;
      inner = content: resolve path (definition // { value = content; });
    in
    if property == "if" then
      (if value.condition then inner value.content else [ ])
    else if property == "merge" then
      concatMap inner value.contents
    else if property == "override" then
      map (found: found // { inherit (value) priority; }) (inner value.content)
    else if property == "order" then
      map (found: found // { order = value.priority; }) (inner value.content)
    else
      [
        (
          definition
          // {
            inherit value;
            priority = properties.defaultOverridePriority;
            order = properties.defaultOrderPriority;
          }
        )
      ];

  # A definition of an option set as plain sets: { attrs; wrap; } where `wrap` puts the properties that stood
  # around the set around each of its members. The sets themselves stay as they are, so that their positions can be asked for.
  pushDown =
    wrap: value:
    let
      property = value._type or null;
    in
    if property == "if" then
      pushDown (inner: wrap (properties.mkIf value.condition inner)) value.content
    else if property == "merge" then
      concatMap (pushDown wrap) value.contents
    else if property == "override" then
      pushDown (inner: wrap (mkOverride value.priority inner)) value.content
    else
      [
        {
          attrs = value;
          inherit wrap;
        }
      ];

  # Members of a set, each with the place of its name.
  members =
    file: wrap: attrs:
    mapAttrs (name: value: {
      inherit file;
      pos = unsafeGetAttrPos name attrs;
      value = wrap value;
    }) attrs;

  /*
    Joins declarations and definitions below one path.

    In: the path, declarations and definitions, both { file; pos; value; }.
    Out: { config; options; problems; unverified; unmatched; }, where unmatched holds { path; definition; } of
    what nobody declares, and problems and unverified speak of declared options only.
  */
  evaluateSet =
    path: declarations: definitions:
    let
      declared = zipAttrsWith (_: found: found) (map (d: members d.file trivial.id d.value) declarations);
      parts = concatMap (
        definition:
        map (part: part // { inherit definition; }) (
          pushDown trivial.id (
            addErrorContext "while evaluating the definition of `${showOption path}' at ${showPlace definition}" definition.value
          )
        )
      ) definitions;
      notSets = filter (part: !isAttrs part.attrs) parts;
      defined = zipAttrsWith (_: found: found) (
        map (part: members part.definition.file part.wrap part.attrs) (filter (part: isAttrs part.attrs) parts)
      );
      outcomes = mapAttrs (
        name: found:
        let
          here = path ++ [ name ];
          mine = defined.${name} or [ ];
        in
        if lists.any (declaration: properties.isOption declaration.value) found then
          evaluateOption here found mine
        else
          evaluateSet here found mine
      ) declared;
      unknown = removeAttrs defined (attrNames declared);
    in
    {
      config = mapAttrs (_: outcome: outcome.config) outcomes;
      loose = mapAttrs (name: found: (mergeDefinitions (path ++ [ name ]) anything found).value) unknown;
      options = mapAttrs (_: outcome: outcome.options) outcomes;
      inherit outcomes;
      problems =
        map (
          part:
          problem "not-a-set" path [ part.definition ]
            "You're trying to define a value of type `${builtins.typeOf part.attrs}' rather than an attribute set for the option `${showOption path}'!"
        ) notSets
        ++ lists.concatMap (outcome: outcome.problems) (builtins.attrValues outcomes);
      unverified = lists.concatMap (outcome: outcome.unverified) (builtins.attrValues outcomes);
      # Problems and unverified once more, option by option, but for those where a definition throws.
      told = lists.concatMap (
        outcome:
        if outcome ? told then
          outcome.told
        else
          let
            both = { inherit (outcome) problems unverified; };
            attempt = builtins.tryEval (builtins.deepSeq both both);
          in
          if attempt.success then [ attempt.value ] else [ ]
      ) (builtins.attrValues outcomes);
      unmatched =
        lists.concatMap (
          name:
          let
            siblings = attrNames (removeAttrs declared [ "_module" ]);
            # Between services a near name is a service of its own: `dovecot` and `dovecot2`.
            misspelt = builtins.length path >= 2 && builtins.any (known: spelling.isSlip known name) siblings;
          in
          map (definition: {
            path = path ++ [ name ];
            inherit definition siblings;
            closed = misspelt || isClosed path (map (declaration: declaration.file) declarations);
          }) unknown.${name}
        ) (attrNames unknown)
        ++ lists.concatMap (outcome: outcome.unmatched) (builtins.attrValues outcomes);
    };

  # Config of a set with what nobody declared mixed in, level by level, so that reading one option does not
  # force the definitions of others.
  withLoose =
    set:
    mapAttrs (_: outcome: if outcome ? outcomes then withLoose outcome else outcome.config) set.outcomes // set.loose;

  evaluateOption =
    path: declarations: definitions:
    let
      options = filter (declaration: properties.isOption declaration.value) declarations;
      joined = lists.foldl' joinDeclarations (head options) (tail options);
      option = joined.value;
      type = option.type or unspecified;
      defaults = if option ? default then [ (declarationDefault option (head options)) ] else [ ];
      merged = mergeDefinitions path type (definitions ++ defaults);
      own = filter (definition: definition.priority < 1500) merged.definitions;
      redeclared = joined.conflicts or [ ] ++ filter (declaration: !properties.isOption declaration.value) declarations;
      value = if option ? apply then option.apply merged.value else merged.value;
      problems =
        (
          if redeclared == [ ] then
            [ ]
          else
            [
              (problem "redeclared" path redeclared
                "The option `${showOption path}' in `${(head redeclared).file}' is already declared in `${(head options).file}'."
              )
            ]
        )
        ++ (
          if option.readOnly or false && builtins.length merged.definitions > 1 then
            [
              (problem "read-only" path own
                "The option `${showOption path}' is read-only, but it's set multiple times. Definition values:${showDefinitions merged.definitions}"
              )
            ]
          else
            [ ]
        )
        # A default is NixOS's own affair until something reads it.
        ++ (if definitions == [ ] then [ ] else merged.problems);
    in
    {
      config = value;
      options = option // {
        inherit type value;
        loc = path;
        inherit (merged) isDefined;
        highestPrio = merged.priority;
        files = map (definition: definition.file) merged.definitions;
        definitions = map (definition: definition.value) merged.definitions;
        definitionsWithLocations = map (definition: { inherit (definition) file value; }) merged.definitions;
        places = map placeOf own;
        declarations = map (declaration: declaration.file) options;
      };
      inherit problems;
      unverified = if definitions == [ ] then [ ] else merged.unverified;
      unmatched = [ ];
    };

  declarationDefault = option: declaration: {
    inherit (declaration) file pos;
    value = mkOverride 1500 option.default;
  };

  # Two declarations of one option: attributes of both, the types joined where they can be.
  joinDeclarations =
    left: right:
    let
      type = left.value.type.join or (_: null) right.value.type;
      hasBoth = left.value ? type && right.value ? type;
    in
    if hasBoth && type == null then
      left // { conflicts = left.conflicts or [ ] ++ [ right ]; }
    else
      left // { value = right.value // left.value // (if hasBoth then { inherit type; } else { }); };

  # The type of options that are declared without one, and of what nobody declared.
  unspecified = {
    name = "unspecified";
    description = "unspecified value";
    check = _: true;
    # One definition is taken as it is, nothing in it being looked at.
    merge =
      path: definitions:
      if tail definitions == [ ] then
        {
          inherit (head definitions) value;
          problems = [ ];
          unverified = [ ];
        }
      else
        anything.merge path definitions;
  };
  anything = {
    name = "anything";
    description = "anything";
    check = _: true;
    merge =
      path: definitions:
      let
        values = map (definition: definition.value) definitions;
        plainSet = value: isAttrs value && !(value ? outPath) && !(value ? __functor);
        inner = mapAttrs (name: mergeDefinitions (path ++ [ name ]) anything) (
          zipAttrsWith (_: found: found) (map (d: members d.file trivial.id d.value) definitions)
        );
        present = attrsets.filterAttrs (_: outcome: outcome.isDefined) inner;
      in
      if lists.all plainSet values then
        {
          value = mapAttrs (_: outcome: outcome.value) present;
          problems = lists.concatMap (outcome: outcome.problems) (builtins.attrValues inner);
          unverified = [ ];
        }
      else
        mergeEqual path definitions;
  };

  # One value, however often it is defined.
  mergeEqual =
    path: definitions:
    let
      first = head definitions;
      conflict =
        problem "conflict" path definitions
          "The option `${showOption path}' has conflicting definition values:${showDefinitions definitions}\nUse `lib.mkForce value` or `lib.mkDefault value` to change the priority on any of these definitions.";
    in
    if lists.all (definition: definition.value == first.value) (tail definitions) then
      {
        inherit (first) value;
        problems = [ ];
        unverified = [ ];
      }
    else
      {
        value = throw conflict.message;
        problems = [ conflict ];
        unverified = [ ];
      };

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
    if builtins.length path < 3 && plain then
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
          place = placeOf definition;
        }
      ];

  /*
    Loads modules and, recursively, what they import; each file once.

    Out: { modules = [ { file; options; config; } ]; problems; unverified; }
  */
  collect =
    modules: arguments:
    let
      root = {
        file = "<the modules of the host>";
        pos = null;
      };
      found = builtins.genericClosure {
        startSet = lists.imap0 (index: load arguments root "root:${toString index}") modules;
        operator =
          module:
          lists.imap0 (
            index: load arguments { inherit (module) file; pos = module.importsAt; } "${module.key}:${toString index}"
          ) module.imports;
      };
      disabled = concatMap (module: module.disabled) found;
    in
    {
      modules = filter (module: module.usable && !elem module.key (map toString disabled)) found;
      problems = concatMap (module: module.problems) found;
      unverified = concatMap (module: module.unverified) found;
    };

  nothing = {
    usable = false;
    imports = [ ];
    importsAt = null;
    disabled = [ ];
    problems = [ ];
    unverified = [ ];
  };

  # One module as { key; file; imports; options; config; ... }. `importer` is { file; pos; } of who asks for it.
  load =
    arguments: importer: anonymousKey: module:
    if builtins.isPath module || builtins.isString module then
      loadFile arguments importer module
    else
      structure arguments importer.file anonymousKey importer module;

  loadFile =
    arguments: importer: path:
    let
      # A directory stands for its default.nix.
      inside = toString path + "/default.nix";
      file = if builtins.pathExists inside then inside else toString path;
      given = nothing // {
        key = file;
        inherit file;
      };
    in
    if builtins.pathExists path then
      structure arguments file file importer (import path)
    else if isNixosModule file then
      given
      // {
        unverified = [
          {
            option = "imports: ${file}";
            place = placeOf importer;
          }
        ];
      }
    else
      given
      // {
        problems = [
          {
            kind = "missing-import";
            message = "The module `${file}' does not exist.";
            option = file;
            places = [ (placeOf importer) ];
          }
        ];
      };

  structure =
    arguments: file: key: importer: module:
    let
      called = addErrorContext "while evaluating the module at ${file}" (
        if trivial.isFunction module then call arguments file module else module
      );
      ownFile = called._file or file;
      explicit = called ? config || called ? options;
      keywords = [
        "_class"
        "_file"
        "disabledModules"
        "freeformType"
        "imports"
        "key"
        "require"
        "meta"
      ];
      stray = filter (name: !elem name (keywords ++ [ "config" "options" ])) (attrNames called);
      freeform = if called ? freeformType then [ { _module.freeformType = called.freeformType; } ] else [ ];
      own = if explicit then called.config or { } else removeAttrs called keywords;
      strayProblem = name: {
        kind = "stray-attribute";
        option = name;
        places = [
          (placeOf {
            file = ownFile;
            pos = unsafeGetAttrPos name called;
          })
        ];
        message = "Module `${ownFile}' has an unsupported attribute `${name}'. This is caused by introducing a top-level `config' or `options' attribute. Add configuration attributes immediately on the top level instead, or move all of them (namely: ${toString stray}) into the explicit `config' attribute.";
      };
    in
    if !isAttrs called then
      nothing
      // {
        inherit key file;
        problems = [
          {
            kind = "not-a-module";
            option = file;
            places = [ (placeOf importer) ];
            message = "Expected a module, but found a value of type ${builtins.typeOf called}: `${file}'.";
          }
        ];
      }
    else
      nothing
      // {
        usable = true;
        key = called.key or key;
        file = ownFile;
        imports = called.imports or [ ] ++ called.require or [ ];
        importsAt = unsafeGetAttrPos (if called ? imports then "imports" else "require") called;
        disabled = filter builtins.isPath (called.disabledModules or [ ]);
        options = called.options or { };
        config = if freeform == [ ] then own else properties.mkMerge (freeform ++ [ own ]);
        problems = if explicit then map strayProblem stray else [ ];
        # A name such as "services/web.nix" means a file of NixOS, which is not here to be left out.
        unverified = map (name: {
          option = "disabledModules: ${name}";
          place = placeOf {
            file = ownFile;
            pos = unsafeGetAttrPos "disabledModules" called;
          };
        }) (filter builtins.isString (called.disabledModules or [ ]));
      };

  # A module function applied to the arguments it names; those that are not special come from _module.args.
  call =
    { argumentsOf, inherited, given }: file: function:
    let
      special = given // argumentsOf file;
      named = mapAttrs (
        name: _: addErrorContext "while evaluating the module argument `${name}'" (special.${name} or inherited.${name})
      ) (trivial.functionArgs function);
    in
    function (named // special);

  internalModule = {
    _file = toString ./modules.nix;
    options._module = {
      args = mkOption {
        type = unspecified;
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
  inherit
    anything
    evaluateModules
    mergeDefinitions
    mergeEqual
    members
    problem
    showDefinitions
    unspecified
    ;
}
