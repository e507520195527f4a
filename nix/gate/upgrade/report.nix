/*
  Compares the options that a host sets in one release with those of another.

  In: from and to, the host evaluated in either release:
    lib        of the release
    options    the tree of options, with the host's own definitions
    isOwn      file -> bool: whether a file is the release's own, and not the host's
    complete   whether an option that is not in the tree does not exist
    undeclared [ { path; place; } ]: what the host defines and the tree does not have
  reasons: whether to look for why options were removed, which reads the conditions of all assertions.

  Out: a list of { kind; option; replacement; reason; was; is; places; }, null where there is nothing to say. Kinds:
    removed   the option is gone
    renamed   it goes by the name `replacement`, the old one still works
    retyped   a value is none of what the option takes now; `was` and `is` describe the types
    unknown   nothing is known of the option in the other release
*/
{ from, to, reasons }:
let
  inherit (builtins)
    all
    attrNames
    concatMap
    elem
    filter
    head
    isAttrs
    isList
    length
    match
    split
    tail
    tryEval
    unsafeGetAttrPos
    ;
  inherit (to.lib) concatMapStrings drop hasPrefix isOption last setAttrByPath showOption;

  finding = {
    replacement = null;
    reason = null;
    was = null;
    is = null;
  };

  placeOf = definition: if definition.pos or null == null then { inherit (definition) file; } else definition.pos;

  # The definitions of an option in the host's files: { file; pos; value; }. Whatever throws here would fail the host too.
  definitionsOf =
    option:
    let
      found = tryEval (filter (definition: !from.isOwn definition.file) (option.definitionsWithLocations or [ ]));
    in
    if found.success then found.value else [ ];

  # A value without the properties around it, as the values that it may be.
  plain =
    value:
    if !isAttrs value then
      [ value ]
    else if value._type or null == "if" then
      (if value.condition then plain value.content else [ ])
    else if value._type or null == "merge" then
      concatMap plain value.contents
    else if elem (value._type or null) [ "override" "order" ] then
      plain value.content
    else
      [ value ];

  # An option that mkRemovedOptionModule left in its place has nothing but what throws when it is read.
  isRemoved = option: option.visible or true == false && option ? apply && !(option ? default) && !(option ? description);

  # Where mkRenamedOptionModule forwards an option to, and so what is `below` it; as text.
  aliasOf =
    below: option:
    let
      name = match "Alias of [{]option[}]`(.*)`[.]" (option.description or "");
    in
    if option.visible or true == false && name != null then
      head name + concatMapStrings (part: ".${showOption [ part ]}") below
    else
      null;

  # What the module that removed an option says about it.
  reasonOf =
    path: option:
    let
      start = "The option definition `${showOption path}' in ";
      stated = concatMap (definition: if elem definition.file option.declarations then definition.value else [ ]) to.options.assertions.definitionsWithLocations;
      found = tryEval (filter (hasPrefix start) (map (assertion: assertion.message) stated));
      message = head found.value;
    in
    if reasons && found.success && found.value != [ ] then last (split "please remove it[.]\n" message) else null;

  # Whether a value is what a type takes, in lists and sets element by element.
  fits =
    type: value:
    let
      element = type.nestedType or type.nestedTypes.elemType or null;
      elements = if isList value then value else if isAttrs value && type.name != "nullOr" then map (name: value.${name}) (attrNames value) else [ value ];
      nested = element != null && elem type.name [ "attrsOf" "lazyAttrsOf" "listOf" "nonEmptyListOf" "nullOr" ];
    in
    all (one: type.check one && (!nested || one == null || all (fits element) elements)) (plain value);

  # As `fits`; what cannot be evaluated is not the type's fault.
  accepts =
    type: value:
    let
      answer = tryEval (fits type value);
    in
    !answer.success || answer.value;

  # Values below a definition that are submodules, each with its path.
  submodules =
    type: path: value:
    let
      element = type.nestedType or type.nestedTypes.elemType or null;
      inside = name: submodules element (path ++ [ name ]);
      one =
        part:
        if type.name == "submodule" then
          (if isAttrs part then [ { inherit path; attrs = part; } ] else [ ])
        else if type.name == "nullOr" then
          submodules element path part
        else if elem type.name [ "attrsOf" "lazyAttrsOf" ] && isAttrs part then
          concatMap (name: inside name part.${name}) (attrNames part)
        else if type.name == "listOf" && isList part then
          concatMap (inside "*") part
        else
          [ ];
    in
    concatMap one (plain value);

  # The options of the submodules somewhere in a type.
  subOptions = type: path: if type == null then { } else type.getSubOptions path;

  # Definitions of one option or set, against what is there in either release: an option, a set of them, or null.
  # `at` is the path of `after`, which may be an option above.
  judge =
    path: at: before: after: definitions:
    let
      say = kind: more: [
        (
          finding
          // {
            inherit kind;
            option = showOption path;
            places = map placeOf definitions;
          }
          // more
        )
      ];
      typeBefore = if isOption before then before.type or null else null;
      mistyped = filter (definition: !(accepts after.type definition.value)) definitions;
      alias = aliasOf (drop (length at) path) after;
      below =
        concatMap (
          definition:
          concatMap (
            sub: compare sub.path (subOptions typeBefore sub.path) (subOptions after.type sub.path) sub.attrs definition.file
          ) (submodules after.type at definition.value)
        ) definitions;
      # Where the one release has an option and the other a set of options.
      asSets = concatMap (
        definition:
        concatMap (value: if isAttrs value then compare path { } after value definition.file else say "retyped" { was = typeBefore.description or null; is = "set of options"; }) (plain definition.value)
      ) definitions;
    in
    if definitions == [ ] then
      [ ]
    else if after == null then
      say (if to.complete || before != null && !from.complete then "removed" else "unknown") { }
    else if !isOption after then
      asSets
    else if isRemoved after then
      say "removed" { reason = reasonOf at after; }
    else if mistyped != [ ] then
      say "retyped" {
        replacement = alias;
        was = typeBefore.description or null;
        is = after.type.description;
        places = map placeOf mistyped;
      }
    else if alias != null then
      say "renamed" { replacement = alias; }
    else
      below;

  # The names of a set of values, against the options of either release below the same path.
  compare =
    path: before: after: attrs: file:
    concatMap (
      name:
      let
        here = path ++ [ name ];
        old = before.${name} or null;
        new = after.${name} or null;
        value = attrs.${name};
        definition = {
          inherit file value;
          pos = unsafeGetAttrPos name attrs;
        };
      in
      # What neither declares is taken as it is, by a type for all other names.
      if old == null && new == null then
        [ ]
      else if (old == null || !isOption old) && new != null && !isOption new then
        concatMap (part: if isAttrs part then compare here (if old == null then { } else old) new part file else [ ]) (plain value)
      else
        judge here here old new [ definition ]
    ) (filter (name: name != "_module") (attrNames attrs));

  # What a path leads to: { found; path; }, the option on the way to it that stands for it, or null.
  seek =
    set: done: left:
    if isOption set || left == [ ] then
      {
        found = set;
        path = done;
        rest = left;
      }
    else if set ? ${head left} then
      seek set.${head left} (done ++ [ (head left) ]) (tail left)
    else
      {
        found = null;
        path = done ++ left;
        rest = [ ];
      };

  judgeOption =
    path: option: definitions:
    let
      place = seek to.options [ ] path;
      lifted = map (definition: definition // { value = setAttrByPath place.rest definition.value; }) definitions;
    in
    judge path place.path option place.found lifted;

  walk =
    path: set:
    concatMap (
      name:
      let
        here = path ++ [ name ];
        item = set.${name};
      in
      if isOption item then
        judgeOption here item (definitionsOf item)
      else if isAttrs item then
        walk here item
      else
        [ ]
    ) (attrNames (removeAttrs set [ "_module" ]));

  # Of what no option is declared for, only the name is known.
  judgeUndeclared =
    { path, place, ... }:
    let
      inOther = seek to.options [ ] path;
      said = kind: more: [
        (
          finding
          // {
            inherit kind;
            option = showOption path;
            places = [ place ];
          }
          // more
        )
      ];
    in
    if inOther.found == null || !isOption inOther.found then
      said (if to.complete && inOther.found == null then "removed" else "unknown") { }
    else if isRemoved inOther.found then
      said "removed" { reason = reasonOf inOther.path inOther.found; }
    else if aliasOf inOther.rest inOther.found != null then
      said "renamed" { replacement = aliasOf inOther.rest inOther.found; }
    else if to.complete then
      [ ]
    else
      said "unknown" { };
in
walk [ ] from.options ++ concatMap judgeUndeclared from.undeclared
