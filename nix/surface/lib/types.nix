# Option types. A type is { name; description; check; merge; } where `merge path definitions` gives
# { value; problems; unverified; } for definitions that all pass `check`; `emptyValue` is the value of an option
# that nothing defines, `join` the type of an option that is declared twice (null: not possible).
{
  attrsets,
  lists,
  modules,
  properties,
  strings,
  trivial,
}:
let
  inherit (builtins)
    all
    attrValues
    concatMap
    elem
    filter
    head
    isAttrs
    isBool
    isFloat
    isInt
    isList
    isString
    mapAttrs
    match
    tail
    ;
  inherit (modules)
    anything
    evaluateModules
    members
    mergeDefinitions
    mergeEqual
    problem
    showDefinitions
    unspecified
    ;
  inherit (properties) showOption;

  mkType =
    attributes:
    let
      type = {
        _type = "option-type";
        check = _: true;
        merge = mergeEqual;
        join = other: if other.name == type.name then type else null;
        functor = { inherit (type) name; };
        getSubOptions = _: { };
      } // attributes // { description = attributes.description or attributes.name; };
    in
    type;

  clean = value: {
    inherit value;
    problems = [ ];
    unverified = [ ];
  };

  # Several outcomes as one whose value is made of theirs.
  gather = value: outcomes: {
    inherit value;
    problems = concatMap (outcome: outcome.problems) outcomes;
    unverified = concatMap (outcome: outcome.unverified) outcomes;
  };

  mergeOne =
    path: definitions:
    let
      several =
        problem "conflict" path definitions
          "The option `${showOption path}' is defined multiple times while it's expected to be unique.${showDefinitions definitions}";
    in
    if tail definitions == [ ] then
      clean (head definitions).value
    else
      {
        value = throw several.message;
        problems = [ several ];
        unverified = [ ];
      };

  valuesOf = map (definition: definition.value);
  quoted = values: strings.concatMapStringsSep ", " strings.show values;
  isPackage = value: attrsets.isDerivation value || strings.isStorePath value;
  # A part of a longer description: "list of (null or string)".
  inWords = type: if match ".* or .*" type.description != null then "(${type.description})" else type.description;

  intWhere =
    name: description: low: high:
    mkType {
      inherit name description;
      check = value: isInt value && value >= low && value <= high;
    };
  wordInt =
    name: bits: low: high:
    intWhere name "${toString bits} bit ${if low < 0 then "signed" else "unsigned"} integer; between ${toString low} and ${toString high} (both inclusive)" low high;
  largest = 9223372036854775807;

  listWith =
    element: extra:
    mkType (
      {
        name = "listOf";
        description = "list of ${inWords element}";
        check = isList;
        emptyValue = [ ];
        merge =
          path: definitions:
          let
            elements = lists.concatLists (
              lists.imap1 (
                number: definition:
                lists.imap1 (
                  entry: value:
                  mergeDefinitions (path ++ [ "[definition ${toString number}-entry ${toString entry}]" ]) element [
                    (definition // { inherit value; })
                  ]
                ) definition.value
              ) definitions
            );
            present = filter (outcome: outcome.isDefined) elements;
          in
          gather (map (outcome: outcome.value) present) elements;
        join =
          other:
          let
            inner = if other.name == "listOf" then element.join other.nestedType else null;
          in
          if inner == null then null else listWith inner extra;
        nestedType = element;
      }
      // extra
    );

  attrsWith =
    name: element:
    mkType {
      inherit name;
      description = "${if name == "lazyAttrsOf" then "lazy " else ""}attribute set of ${inWords element}";
      check = isAttrs;
      emptyValue = { };
      merge =
        path: definitions:
        let
          inner = mapAttrs (name: mergeDefinitions (path ++ [ name ]) element) (
            builtins.zipAttrsWith (_: found: found) (
              map (definition: members definition.file trivial.id definition.value) definitions
            )
          );
          # A lazy set keeps the names of members that are switched off.
          present = if name == "lazyAttrsOf" then inner else attrsets.filterAttrs (_: outcome: outcome.isDefined) inner;
        in
        gather (mapAttrs (_: outcome: outcome.value) present) (
          filter (outcome: outcome.isDefined) (attrValues inner)
        );
      join =
        other:
        let
          inner = if other.name == name then element.join other.nestedType else null;
        in
        if inner == null then null else attrsWith name inner;
      nestedType = element;
      getSubOptions = path: element.getSubOptions (path ++ [ "<name>" ]);
    };

  submoduleWith =
    {
      modules,
      specialArgs ? { },
      shorthandOnlyDefinesConfig ? false,
      description ? null,
    }@given:
    mkType {
      name = "submodule";
      description = if description == null then "submodule" else description;
      check = value: isAttrs value || trivial.isFunction value || builtins.isPath value;
      emptyValue = (evaluateModules { inherit modules specialArgs; }).config;
      merge =
        path: definitions:
        let
          isConfig = definition: isAttrs definition.value && !(definition.value ? __functor) && (shorthandOnlyDefinesConfig || !(definition.value ? config || definition.value ? options || definition.value ? imports));
          sorted = builtins.partition isConfig definitions;
          evaluated = evaluateModules {
            prefix = path;
            modules =
              modules
              ++ [ { _module.args.name = properties.mkOptionDefault (lists.last path); _file = "<submodule>"; } ]
              ++ map (definition: properties.setDefaultModuleLocation definition.file definition.value) sorted.wrong;
            definitions = sorted.right;
            inherit specialArgs;
          };
        in
        {
          value = evaluated.config;
          inherit (evaluated) problems unverified;
        };
      join = other: if other.name == "submodule" then submoduleWith (given // { modules = modules ++ other.submodules; }) else null;
      submodules = modules;
      getSubOptions = prefix: (evaluateModules { inherit modules prefix specialArgs; }).options;
    };

  types = rec {
    inherit mkType submoduleWith;

    anything = mkType modules.anything;
    unspecified = mkType modules.unspecified;
    raw = mkType {
      name = "raw";
      description = "raw value";
      merge = mergeOne;
    };
    bool = mkType {
      name = "bool";
      description = "boolean";
      check = isBool;
    };
    boolByOr = bool // {
      name = "boolByOr";
      description = "boolean (merged using or)";
      merge = _: definitions: clean (lists.any trivial.id (valuesOf definitions));
    };
    int = mkType {
      name = "int";
      description = "signed integer";
      check = isInt;
    };
    ints = {
      between = low: high: intWhere "intBetween" "integer between ${toString low} and ${toString high} (both inclusive)" low high;
      unsigned = intWhere "unsignedInt" "unsigned integer, meaning >=0" 0 largest;
      positive = intWhere "positiveInt" "positive integer, meaning >0" 1 largest;
      u8 = wordInt "unsignedInt8" 8 0 255;
      u16 = wordInt "unsignedInt16" 16 0 65535;
      u32 = wordInt "unsignedInt32" 32 0 4294967295;
      s8 = wordInt "signedInt8" 8 (-128) 127;
      s16 = wordInt "signedInt16" 16 (-32768) 32767;
      s32 = wordInt "signedInt32" 32 (-2147483648) 2147483647;
    };
    port = ints.u16;
    float = mkType {
      name = "float";
      description = "floating point number";
      check = isFloat;
    };
    number = either int float;
    numbers = {
      between =
        low: high:
        addCheck number (value: value >= low && value <= high)
        // {
          description = "integer or floating point number between ${toString low} and ${toString high} (both inclusive)";
        };
      nonnegative = addCheck number (value: value >= 0) // { description = "nonnegative integer or floating point number, meaning >=0"; };
      positive = addCheck number (value: value > 0) // { description = "positive integer or floating point number, meaning >0"; };
    };

    str = mkType {
      name = "str";
      description = "string";
      check = isString;
    };
    string = str;
    nonEmptyStr = mkType {
      name = "nonEmptyStr";
      description = "non-empty string";
      check = value: isString value && match "[ \t\n]*" value == null;
    };
    singleLineStr = mkType {
      name = "singleLineStr";
      description = "(optionally newline-terminated) single-line string";
      check = value: isString value && match "[^\n\r]*\n?" value != null;
      merge = path: definitions: let merged = mergeEqual path definitions; in merged // { value = strings.removeSuffix "\n" merged.value; };
    };
    strMatching =
      pattern:
      mkType {
        name = "strMatching ${strings.escapeNixString pattern}";
        description = "string matching the pattern ${pattern}";
        check = value: isString value && match pattern value != null;
      };
    separatedString =
      separator:
      mkType {
        name = "separatedString";
        description = if separator == "" then "Concatenated string" else "strings concatenated with ${builtins.toJSON separator}";
        check = isString;
        merge = _: definitions: clean (builtins.concatStringsSep separator (valuesOf definitions));
      };
    lines = separatedString "\n";
    commas = separatedString ",";
    envVar = separatedString ":";
    passwdEntry =
      inner:
      addCheck inner (value: match "[^:\n]*" value != null)
      // {
        name = "passwdEntry ${inner.name}";
        description = "${inner.description}, not containing newlines or colons";
      };

    path = mkType {
      name = "path";
      description = "absolute path";
      check = value: strings.isStringLike value && strings.hasPrefix "/" (toString value);
    };
    pathInStore = path // {
      name = "pathInStore";
      description = "path in the Nix store";
      check = strings.isStorePath;
    };
    package = mkType {
      name = "package";
      description = "package";
      check = isPackage;
      merge = mergeOne;
    };
    shellPackage = package;
    pkgs = mkType {
      name = "pkgs";
      description = "Nixpkgs package set";
      check = isAttrs;
      merge = mergeOne;
    };

    attrs = mkType {
      name = "attrs";
      description = "attribute set";
      check = isAttrs;
      emptyValue = { };
      merge = _: definitions: clean (lists.foldl' (left: right: left // right) { } (valuesOf definitions));
    };
    attrsOf = attrsWith "attrsOf";
    lazyAttrsOf = attrsWith "lazyAttrsOf";
    listOf = element: listWith element { };
    nonEmptyListOf =
      element:
      listWith element {
        name = "nonEmptyListOf";
        description = "non-empty list of ${inWords element}";
        check = value: isList value && value != [ ];
      };

    nullOr =
      inner:
      mkType {
        name = "nullOr";
        description = "null or ${inner.description}";
        check = value: value == null || inner.check value;
        emptyValue = null;
        merge =
          path: definitions:
          let
            nulls = filter (definition: definition.value == null) definitions;
            both =
              problem "conflict" path definitions
                "The option `${showOption path}' is defined both null and not null, in ${properties.showFiles (map (definition: definition.file) definitions)}.";
          in
          if builtins.length nulls == builtins.length definitions then
            clean null
          else if nulls == [ ] then
            inner.merge path definitions
          else
            {
              value = throw both.message;
              problems = [ both ];
              unverified = [ ];
            };
        join =
          other:
          let
            joined = if other.name == "nullOr" then inner.join other.nestedType else null;
          in
          if joined == null then null else nullOr joined;
        nestedType = inner;
        inherit (inner) getSubOptions;
      };
    either =
      left: right:
      mkType {
        name = "either";
        description = "${left.description} or ${right.description}";
        check = value: left.check value || right.check value;
        merge =
          path: definitions:
          let
            values = valuesOf definitions;
          in
          if all left.check values then
            left.merge path definitions
          else if all right.check values then
            right.merge path definitions
          else
            mergeEqual path definitions;
        join =
          other:
          if other.name == "either" && other.description == "${left.description} or ${right.description}" then
            either left right
          else
            null;
      };
    oneOf = alternatives: lists.foldl' either (head alternatives) (tail alternatives);
    enum =
      values:
      mkType {
        name = "enum";
        description =
          if values == [ ] then
            "impossible (empty enum)"
          else if tail values == [ ] then
            "value ${quoted values} (singular enum)"
          else
            "one of ${quoted values}";
        check = value: elem value values;
        join = other: if other.name == "enum" then enum (lists.unique (values ++ other.values)) else null;
        inherit values;
      };
    uniq = unique { message = ""; };
    unique = _: inner: inner // { merge = path: definitions: if tail definitions == [ ] then inner.merge path definitions else mergeOne path definitions; };
    addCheck = inner: check: inner // { check = value: inner.check value && check value; };
    coercedTo =
      from: coerce: to:
      mkType {
        name = "coercedTo";
        description = "${to.description} or ${from.description} convertible to it";
        check = value: to.check value || (from.check value && to.check (coerce value));
        merge =
          path: definitions:
          to.merge path (
            map (
              definition:
              definition // { value = if from.check definition.value then coerce definition.value else definition.value; }
            ) definitions
          );
        join = other: if other.name == "coercedTo" && other.description == "${to.description} or ${from.description} convertible to it" then coercedTo from coerce to else null;
        inherit (to) getSubOptions;
      };
    functionTo =
      inner:
      mkType {
        name = "functionTo";
        description = "function that evaluates to a(n) ${inner.description}";
        check = trivial.isFunction;
        merge =
          path: definitions:
          clean (
            argument:
            (mergeDefinitions (path ++ [ "<function body>" ]) inner (
              map (definition: definition // { value = definition.value argument; }) definitions
            )).value
          );
      };
    submodule =
      module:
      submoduleWith {
        modules = lists.toList module;
        shorthandOnlyDefinesConfig = true;
      };
    deferredModule = mkType {
      name = "deferredModule";
      description = "module";
      check = value: isAttrs value || trivial.isFunction value || strings.isStringLike value;
      emptyValue = { };
      merge =
        _: definitions:
        clean { imports = map (definition: properties.setDefaultModuleLocation definition.file definition.value) definitions; };
    };
    optionType = mkType {
      name = "optionType";
      description = "optionType";
      check = value: value._type or null == "option-type";
      merge = mergeOne;
    };
  };
in
types
