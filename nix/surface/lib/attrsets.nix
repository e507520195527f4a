{ lists }:
let
  inherit (builtins)
    attrNames
    attrValues
    concatMap
    foldl'
    head
    isAttrs
    listToAttrs
    mapAttrs
    removeAttrs
    tail
    ;
in
rec {
  inherit (builtins)
    attrNames
    attrValues
    catAttrs
    getAttr
    hasAttr
    intersectAttrs
    listToAttrs
    mapAttrs
    removeAttrs
    zipAttrsWith
    ;

  nameValuePair = name: value: { inherit name value; };
  mapAttrs' = function: set: listToAttrs (map (name: function name set.${name}) (attrNames set));
  mapAttrsToList = function: set: map (name: function name set.${name}) (attrNames set);
  attrsToList = mapAttrsToList nameValuePair;
  concatMapAttrs = function: set: mergeAttrsList (mapAttrsToList function set);
  mergeAttrsList = foldl' (left: right: left // right) { };
  filterAttrs =
    predicate: set: removeAttrs set (builtins.filter (name: !predicate name set.${name}) (attrNames set));
  genAttrs = names: function: listToAttrs (map (name: nameValuePair name (function name)) names);
  optionalAttrs = condition: set: if condition then set else { };
  attrVals = names: set: map (name: set.${name}) names;
  getAttrs = names: set: genAttrs names (name: set.${name});
  foldlAttrs =
    function: initial: set:
    foldl' (result: name: function result name set.${name}) initial (attrNames set);
  foldAttrs =
    function: initial: sets:
    builtins.zipAttrsWith (_: lists.foldr function initial) sets;
  zipAttrs = builtins.zipAttrsWith (_: values: values);
  collect =
    predicate: value:
    if predicate value then
      [ value ]
    else if isAttrs value then
      concatMap (collect predicate) (attrValues value)
    else
      [ ];
  cartesianProduct =
    sets: foldl' (rows: name: concatMap (row: map (value: row // { ${name} = value; }) sets.${name}) rows) [ { } ] (attrNames sets);
  mapCartesianProduct = function: sets: map function (cartesianProduct sets);

  hasAttrByPath =
    path: value:
    path == [ ] || (isAttrs value && value ? ${head path} && hasAttrByPath (tail path) value.${head path});
  attrByPath =
    path: default: value:
    if path == [ ] then
      value
    else if isAttrs value && value ? ${head path} then
      attrByPath (tail path) default value.${head path}
    else
      default;
  getAttrFromPath = path: value: foldl' (set: name: set.${name}) value path;
  setAttrByPath = path: value: if path == [ ] then value else { ${head path} = setAttrByPath (tail path) value; };

  mapAttrsRecursive = mapAttrsRecursiveCond (_: true);
  mapAttrsRecursiveCond =
    condition: function:
    let
      go =
        path:
        mapAttrs (
          name: value: if isAttrs value && condition value then go (path ++ [ name ]) value else function (path ++ [ name ]) value
        );
    in
    go [ ];
  filterAttrsRecursive =
    predicate: set:
    mapAttrs (_: value: if isAttrs value then filterAttrsRecursive predicate value else value) (filterAttrs predicate set);
  recursiveUpdateUntil =
    stop: left: right:
    let
      go =
        path:
        builtins.zipAttrsWith (
          name: values:
          let
            here = path ++ [ name ];
          in
          if tail values == [ ] then
            head values
          else if stop here (lists.last values) (head values) then
            head values
          else
            go here values
        );
    in
    # zipAttrsWith lists the values in the order of its sets, so the overriding one stands first in `values`.
    go [ ] [
      right
      left
    ];
  recursiveUpdate = recursiveUpdateUntil (_: left: right: !(isAttrs left && isAttrs right));
  matchAttrs =
    pattern: set:
    builtins.all (
      name:
      set ? ${name}
      && (if isAttrs pattern.${name} then isAttrs set.${name} && matchAttrs pattern.${name} set.${name} else pattern.${name} == set.${name})
    ) (attrNames pattern);

  isDerivation = value: value.type or null == "derivation";
  getBin = package: package.bin or package;
  getExe = package: "${package}/bin/${package.meta.mainProgram or package.pname or package.name}";
  getExe' = package: program: "${package}/bin/${program}";
  getLib = package: package.lib or package;
  getOutput = output: package: package.${output} or package;
  recurseIntoAttrs = set: set // { recurseForDerivations = true; };
}
