# The tree of options: declarations joined with definitions, from the root down to each option's value.
#
# isClosed: path -> files -> bool
#   Whether the option set at `path`, declared in `files`, is complete: an undeclared option in it is a mistake.
{
  isClosed,
  definitions,
  lists,
  properties,
  spelling,
  trivial,
}:
let
  inherit (builtins)
    addErrorContext
    attrNames
    concatMap
    filter
    head
    isAttrs
    mapAttrs
    tail
    zipAttrsWith
    ;
  inherit (definitions)
    anything
    members
    mergeDefinitions
    placeOf
    problem
    pushDown
    showDefinitions
    showPlace
    unspecified
    ;
  inherit (properties) mkOverride showOption;

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
          if option.readOnly or false && builtins.length (definitions ++ defaults) > 1 then
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
        definitionsWithLocations = map (definition: { inherit (definition) file pos value; }) merged.definitions;
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
in
{
  inherit evaluateSet withLoose;
}
