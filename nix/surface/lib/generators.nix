# Text forms of values, as settings files use them.
{ attrsets, strings, trivial }:
let
  inherit (builtins) isAttrs isBool isList isString;
in
rec {
  toJSON = _: builtins.toJSON;
  toYAML = toJSON;
  mkValueStringDefault =
    _: value:
    if isString value then
      value
    else if isBool value then
      trivial.boolToString value
    else if value == null then
      "null"
    else if isList value || isAttrs value && !(value ? outPath) then
      throw "generators.mkValueStringDefault: ${builtins.typeOf value} not supported: ${strings.show value}"
    else
      toString value;
  mkKeyValueDefault =
    { mkValueString ? mkValueStringDefault { } }:
    separator: key: value:
    "${strings.escape [ separator ] key}${separator}${mkValueString value}";
  toKeyValue =
    {
      mkKeyValue ? mkKeyValueDefault { } "=",
      listsAsDuplicateKeys ? false,
      indent ? "",
    }:
    set:
    let
      line = key: value: "${indent}${mkKeyValue key value}\n";
      entry = key: value: if listsAsDuplicateKeys && isList value then strings.concatMapStrings (line key) value else line key value;
    in
    strings.concatStrings (attrsets.mapAttrsToList entry set);
  toINI =
    {
      mkSectionName ? strings.escape [ "[" "]" ],
      mkKeyValue ? mkKeyValueDefault { } "=",
      listsAsDuplicateKeys ? false,
    }:
    sections:
    builtins.concatStringsSep "\n" (
      attrsets.mapAttrsToList (
        name: set: "[${mkSectionName name}]\n${toKeyValue { inherit mkKeyValue listsAsDuplicateKeys; } set}"
      ) sections
    );
  toINIWithGlobalSection =
    arguments:
    { globalSection, sections ? { } }:
    (if globalSection == { } then "" else toKeyValue arguments globalSection + "\n") + toINI arguments sections;
}
