# Functions that need no other part of the library.
{ world }:
{
  id = value: value;
  const = value: _: value;
  flip =
    function: first: second:
    function second first;
  pipe = builtins.foldl' (value: function: function value);
  and = left: right: left && right;
  or = left: right: left || right;
  xor = left: right: left != right;
  boolToString = value: if value then "true" else "false";
  boolToYesNo = value: if value then "yes" else "no";
  min = left: right: if left < right then left else right;
  max = left: right: if left > right then left else right;
  mod = base: by: base - by * (base / by);
  mergeAttrs = left: right: left // right;
  importJSON = path: builtins.fromJSON (world.readFile path);
  importTOML = path: builtins.fromTOML (world.readFile path);
  warn = message: value: builtins.trace "warning: ${message}" value;
  warnIf =
    condition: message: value:
    if condition then builtins.trace "warning: ${message}" value else value;
  throwIf =
    condition: message: value:
    if condition then throw message else value;
  throwIfNot =
    condition: message: value:
    if condition then value else throw message;
  assertMsg = condition: message: condition || throw message;
  isFunction = value: builtins.isFunction value || (value ? __functor && builtins.isFunction (value.__functor value));
  functionArgs = function: function.__functionArgs or (builtins.functionArgs function);
  setFunctionArgs = function: arguments: {
    __functor = _: function;
    __functionArgs = arguments;
  };
  toHexString =
    value:
    let
      digits = number: if number < 16 then digit number else digits (number / 16) + digit (number - 16 * (number / 16));
      digit = number: builtins.substring number 1 "0123456789ABCDEF";
    in
    digits value;
  fakeHash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

  inherit (builtins)
    add
    addErrorContext
    bitAnd
    bitOr
    bitXor
    ceil
    concatStringsSep
    deepSeq
    floor
    fromJSON
    genericClosure
    hasContext
    isAttrs
    isBool
    isFloat
    isInt
    isList
    isPath
    isString
    lessThan
    seq
    stringLength
    sub
    substring
    tail
    trace
    typeOf
    ;
  inherit (world) pathExists readFile;
}
