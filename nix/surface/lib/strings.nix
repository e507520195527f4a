{
  lists,
  trivial,
  world,
}:
let
  inherit (builtins)
    concatStringsSep
    elem
    elemAt
    filter
    genList
    head
    isAttrs
    isBool
    isFloat
    isInt
    isList
    isString
    length
    match
    replaceStrings
    split
    stringLength
    substring
    toJSON
    toString
    ;
  upper = [ "A" "B" "C" "D" "E" "F" "G" "H" "I" "J" "K" "L" "M" "N" "O" "P" "Q" "R" "S" "T" "U" "V" "W" "X" "Y" "Z" ];
  lower = [ "a" "b" "c" "d" "e" "f" "g" "h" "i" "j" "k" "l" "m" "n" "o" "p" "q" "r" "s" "t" "u" "v" "w" "x" "y" "z" ];
  special = [ "\\" "." "+" "*" "?" "^" "$" "(" ")" "[" "]" "{" "}" "|" ];
in
rec {
  inherit (builtins) concatStringsSep match replaceStrings split stringLength substring toJSON toString;

  concatStrings = concatStringsSep "";
  concatMapStrings = function: list: concatStrings (map function list);
  concatImapStrings = function: list: concatStrings (lists.imap1 function list);
  concatMapStringsSep = separator: function: list: concatStringsSep separator (map function list);
  concatImapStringsSep = separator: function: list: concatStringsSep separator (lists.imap1 function list);
  concatMapAttrsStringSep =
    separator: function: set:
    concatStringsSep separator (map (name: function name set.${name}) (builtins.attrNames set));
  concatLines = concatMapStrings (line: line + "\n");
  intersperse =
    separator: list:
    if list == [ ] then
      [ ]
    else
      [ (head list) ] ++ builtins.concatMap (value: [ separator value ]) (builtins.tail list);
  optionalString = condition: text: if condition then text else "";
  stringToCharacters = text: genList (index: substring index 1 text) (stringLength text);
  stringAsChars = function: text: concatMapStrings function (stringToCharacters text);
  hasPrefix = prefix: text: substring 0 (stringLength prefix) text == prefix;
  hasSuffix =
    suffix: text:
    stringLength text >= stringLength suffix
    && substring (stringLength text - stringLength suffix) (stringLength suffix) text == suffix;
  hasInfix = infix: text: match ".*${escapeRegex infix}.*" "${replaceStrings [ "\n" ] [ " " ] text}" != null;
  removePrefix = prefix: text: if hasPrefix prefix text then substring (stringLength prefix) (-1) text else text;
  removeSuffix =
    suffix: text: if hasSuffix suffix text then substring 0 (stringLength text - stringLength suffix) text else text;
  toLower = replaceStrings upper lower;
  toUpper = replaceStrings lower upper;
  toSentenceCase = text: toUpper (substring 0 1 text) + toLower (substring 1 (-1) text);
  replaceChars = replaceStrings;
  escape = characters: replaceStrings characters (map (character: "\\${character}") characters);
  escapeRegex = escape special;
  escapeNixString = text: escape [ "$" ] (toJSON text);
  escapeNixIdentifier =
    text: if match "[a-zA-Z_][a-zA-Z0-9_'-]*" text != null then text else escapeNixString text;
  escapeXML = replaceStrings [ "\"" "'" "<" ">" "&" ] [ "&quot;" "&apos;" "&lt;" "&gt;" "&amp;" ];
  escapeShellArg =
    value:
    let
      text = toString value;
    in
    if match "[[:alnum:],._+:@%/-]+" text != null then text else "'${replaceStrings [ "'" ] [ "'\\''" ] text}'";
  escapeShellArgs = concatMapStringsSep " " escapeShellArg;
  # systemd splits ExecStart= itself: % and $ would be expanded there.
  escapeSystemdExecArg = value: replaceStrings [ "%" "$" ] [ "%%" "$$" ] (toJSON (toString value));
  escapeSystemdExecArgs = concatMapStringsSep " " escapeSystemdExecArg;
  splitString =
    separator: text:
    if separator == "" then stringToCharacters text else filter isString (split (escapeRegex separator) text);
  fileContents = file: removeSuffix "\n" (world.readFile file);
  trim =
    text:
    let
      matched = match "[ \t\r\n]*(.*[^ \t\r\n])[ \t\r\n]*" text;
    in
    if matched == null then "" else head matched;
  fixedWidthString =
    width: filler: text:
    if stringLength text >= width then text else fixedWidthString width filler (filler + text);
  fixedWidthNumber = width: number: fixedWidthString width "0" (toString number);
  toInt =
    text:
    let
      matched = match "[ \t\n]*(-?)0*([0-9]+)[ \t\n]*" text;
    in
    if matched == null then
      throw "toInt: Could not convert ${toJSON text} to int."
    else
      builtins.fromJSON (head matched + elemAt matched 1);
  toIntBase10 = toInt;
  versionOlder = left: right: builtins.compareVersions right left == 1;
  versionAtLeast = left: right: !versionOlder left right;
  getName = value: if isString value then (builtins.parseDrvName value).name else value.pname or (builtins.parseDrvName value.name).name;
  getVersion =
    value: if isString value then (builtins.parseDrvName value).version else value.version or (builtins.parseDrvName value.name).version;
  nameFromURL = url: separator: head (splitString separator (lists.last (splitString "/" url)));
  makeBinPath = makeSearchPath "bin";
  makeLibraryPath = makeSearchPath "lib";
  makeSearchPath = directory: packages: concatMapStringsSep ":" (package: "${package}/${directory}") packages;
  commonPrefixLength =
    left: right:
    let
      limit = trivial.min (stringLength left) (stringLength right);
      go = index: if index >= limit || substring index 1 left != substring index 1 right then index else go (index + 1);
    in
    go 0;
  isStringLike = value: isString value || builtins.isPath value || value ? outPath || value ? __toString;
  isConvertibleWithToString =
    value:
    isStringLike value
    || isInt value
    || isFloat value
    || isBool value
    || value == null
    || (isList value && builtins.all isConvertibleWithToString value);
  isStorePath = value: isStringLike value && match "${builtins.storeDir}/[^/]+" (toString value) != null;
  isValidPosixName = name: match "[a-zA-Z_][a-zA-Z0-9_]*" name != null;
  toShellVar = name: value: "${name}=${escapeShellArg value}";
  toShellVars = concatMapAttrsStringSep "\n" toShellVar;
  sanitizeDerivationName = text: stringAsChars (c: if match "[a-zA-Z0-9+._?=-]" c != null then c else "-") text;
  cmakeBool = condition: name: "-D${name}:BOOL=${if condition then "TRUE" else "FALSE"}";
  # How a definition looks in a message: short, never forcing what would fail.
  show =
    value:
    let
      attempt = builtins.tryEval (showDepth 2 value);
    in
    if attempt.success then attempt.value else "<an expression that fails>";
  showDepth =
    depth: value:
    if isString value then
      toJSON (if stringLength value > 120 then substring 0 120 value + "..." else value)
    else if isAttrs value then
      if value.type or null == "derivation" then
        "<derivation ${value.name or "?"}>"
      else if value == { } then
        "{ }"
      else if depth == 0 then
        "{ ... }"
      else
        "{ ${concatStrings (map (name: "${escapeNixIdentifier name} = ${showDepth (depth - 1) value.${name}}; ") (builtins.attrNames value))}}"
    else if isList value then
      if value == [ ] then
        "[ ]"
      else if depth == 0 then
        "[ ... ]"
      else
        "[ ${concatMapStrings (element: showDepth (depth - 1) element + " ") (lists.take 5 value)}${optionalString (length value > 5) "... "}]"
    else if builtins.isFunction value then
      "<function>"
    else if isBool value then
      trivial.boolToString value
    else if value == null then
      "null"
    else if elem (builtins.typeOf value) [ "int" "float" "path" ] then
      toString value
    else
      "<${builtins.typeOf value}>";
}
