/*
  Nix's builtins, with those that see the outside world saying what they look at.

  nonce: text that begins every line, so that a host cannot forge one.

  Each look is a line on stderr, "trace: NONCE [kind, subject]"; an absent file is as much of an input as one that is
  there. Kinds, with the subject: import, read, list, exists, absent and tree (a path), env (a variable's name), impure
  (what no input stands for). fleet's own files are left out: they are an input as a whole.

  Every file that is imported through here is given these builtins in place of Nix's, under all of their names, and
  hands them on to what it imports itself. A path that becomes a store path by coercion ("${./file}") passes no
  builtin; Nix itself reports that at its second level of verbosity, once for each path and process. This file is the
  first, so that a Nix which says nothing is noticed.
*/
{ nonce }:
let
  inherit (builtins)
    attrNames
    concatMap
    elem
    filter
    foldl'
    isFunction
    listToAttrs
    match
    stringLength
    substring
    toJSON
    trace
    unsafeDiscardStringContext
    ;

  own = toString ../. + "/";
  isOwn = path: substring 0 (stringLength own) path == own;

  say = kind: subject: trace "${nonce} ${toJSON [ kind subject ]}";
  look =
    kind: path:
    let
      subject = unsafeDiscardStringContext (toString path);
    in
    if isOwn subject then value: value else say kind subject;

  # Nothing is fetched for an embedded surface, which has no store to put it in.
  fetches = [
    "fetchClosure"
    "fetchGit"
    "fetchMercurial"
    "fetchTarball"
    "fetchTree"
    "fetchurl"
    "getFlake"
  ];

  # Where findFile may look for a name, entry by entry.
  candidates =
    searchPath: name:
    concatMap (
      { prefix ? "", path }:
      let
        rest = substring (stringLength prefix) (-1) name;
      in
      if prefix == "" then
        [ "${toString path}/${name}" ]
      else if name == prefix || substring 0 (stringLength prefix + 1) name == "${prefix}/" then
        [ (toString path + rest) ]
      else
        [ ]
    ) searchPath;

  looking = builtins.intersectAttrs builtins ({
    import =
      path:
      if isOwn (unsafeDiscardStringContext (toString path)) then
        import path
      else
        look "import" path (builtins.scopedImport (scope { }) path);
    scopedImport = names: path: look "import" path (builtins.scopedImport (scope names) path);
    readFile = path: look "read" path (builtins.readFile path);
    hashFile = algorithm: path: look "read" path (builtins.hashFile algorithm path);
    readDir = path: look "list" path (builtins.readDir path);
    pathExists =
      path:
      let
        there = builtins.pathExists path;
      in
      look (if there then "exists" else "absent") path there;
    readFileType = path: look "exists" path (builtins.readFileType path);
    path = arguments: look "tree" arguments.path (builtins.path arguments);
    filterSource = keep: path: look "tree" path (builtins.filterSource keep path);
    getEnv = name: say "env" name (builtins.getEnv name);
    findFile =
      searchPath: name:
      foldl' (found: path: if match "[a-z+]+:.*" path == null then say (if builtins.pathExists path then "exists" else "absent") path found else say "impure" path found) (
        builtins.findFile searchPath name
      ) (candidates searchPath name);
  }
  // listToAttrs (
    map (name: {
      inherit name;
      value = _: throw "outside the embedded surface: builtins.${name}";
    }) fetches
  ));

  # What gives the same for the same arguments, on this Nix and this machine.
  pure = [
    "abort" "add" "addDrvOutputDependencies" "addErrorContext" "all" "any" "appendContext" "attrNames" "attrValues"
    "baseNameOf" "bitAnd" "bitOr" "bitXor" "break" "builtins" "catAttrs" "ceil" "compareVersions" "concatLists"
    "concatMap" "concatStringsSep" "convertHash" "currentSystem" "deepSeq" "derivation" "derivationStrict" "dirOf"
    "div" "elem" "elemAt" "false" "filter" "filterAttrs" "flakeRefToString" "floor" "foldl'" "fromJSON" "fromTOML"
    "functionArgs" "genList" "genericClosure" "getAttr" "getContext" "groupBy" "hasAttr" "hasContext" "hashString"
    "head" "intersectAttrs" "isAttrs" "isBool" "isFloat" "isFunction" "isInt" "isList" "isNull" "isPath" "isString"
    "langVersion" "length" "lessThan" "listToAttrs" "map" "mapAttrs" "match" "mul" "nixPath" "nixVersion" "null"
    "outputOf" "parseDrvName" "parseFlakeRef" "partition" "placeholder" "removeAttrs" "replaceStrings" "seq" "sort"
    "split" "splitVersion" "storeDir" "storePath" "stringLength" "sub" "substring" "tail" "throw" "toFile" "toJSON"
    "toPath" "toString" "toXML" "trace" "traceVerbose" "true" "tryEval" "typeOf" "unsafeDiscardOutputDependency"
    "unsafeDiscardStringContext" "unsafeGetAttrPos" "warn" "zipAttrsWith"
  ];

  # A builtin that is neither: the time, and whatever a later Nix brings.
  impure =
    name: value:
    let
      told = say "impure" "builtins.${name}";
    in
    if name == "currentTime" || !isFunction value then told value else argument: told (value argument);

  unknown = filter (name: !(looking ? ${name}) && !(elem name pure)) (attrNames builtins);
  changed = [ "builtins" ] ++ attrNames looking ++ unknown;

  # Made anew for each file, so that also a constant such as currentTime is told for every file that asks for it.
  scope =
    names:
    let
      watched =
        builtins
        // looking
        // listToAttrs (
          map (name: {
            inherit name;
            value = impure name builtins.${name};
          }) unknown
        )
        // {
          builtins = watched;
        };
      under =
        prefix:
        listToAttrs (
          map (name: {
            name = prefix + name;
            value = watched.${name};
          }) changed
        );
    in
    under "" // under "__" // names;
in
builtins.seq (stringLength "${./world.nix}") looking
