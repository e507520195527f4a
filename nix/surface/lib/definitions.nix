# Definitions: { file; pos; value; }, values that files give an option, before and after their properties
# (mkIf, mkMerge, mkForce, mkBefore ...) are worked out, and how the definitions of one option become its value.
{
  attrsets,
  lists,
  properties,
  strings,
  trivial,
}:
let
  inherit (builtins)
    addErrorContext
    concatMap
    filter
    head
    isAttrs
    mapAttrs
    tail
    unsafeGetAttrPos
    zipAttrsWith
    ;
  inherit (properties) mkOverride showOption;

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
      within = addErrorContext "while evaluating the definition of `${showOption path}' at ${showPlace definition}";
      value = within definition.value;
      property = if isAttrs value then value._type or null else null;
      inner = content: resolve path (definition // { value = content; });
    in
    if property == "if" then
      (if within value.condition then inner value.content else [ ])
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

  # Named values, none of which is looked at until it is asked for.
  lazyValues = unspecified // {
    merge = path: definitions: {
      value = mapAttrs (name: found: (mergeDefinitions (path ++ [ name ]) unspecified found).value) (
        zipAttrsWith (_: found: found) (map (d: members d.file trivial.id d.value) definitions)
      );
      problems = [ ];
      unverified = [ ];
    };
  };
in
{
  inherit
    anything
    lazyValues
    members
    mergeDefinitions
    mergeEqual
    placeOf
    problem
    pushDown
    showDefinitions
    showPlace
    unspecified
    ;
}
