{ trivial }:
let
  inherit (builtins)
    concatLists
    concatMap
    elem
    elemAt
    filter
    foldl'
    genList
    head
    length
    tail
    ;
in
rec {
  inherit (builtins)
    all
    any
    concatLists
    concatMap
    elem
    elemAt
    filter
    foldl'
    genList
    groupBy
    head
    length
    map
    partition
    sort
    tail
    ;

  singleton = value: [ value ];
  optional = condition: value: if condition then [ value ] else [ ];
  optionals = condition: values: if condition then values else [ ];
  toList = value: if builtins.isList value then value else [ value ];
  imap0 = function: list: genList (index: function index (elemAt list index)) (length list);
  imap1 = function: list: genList (index: function (index + 1) (elemAt list index)) (length list);
  range = first: last: if first > last then [ ] else genList (index: first + index) (last - first + 1);
  replicate = count: value: genList (_: value) count;
  forEach = list: function: map function list;
  flatten = value: if builtins.isList value then concatMap flatten value else [ value ];
  remove = value: filter (other: other != value);
  count = predicate: list: length (filter predicate list);
  last = list: elemAt list (length list - 1);
  init = list: take (length list - 1) list;
  take = count: list: genList (elemAt list) (trivial.min count (length list));
  drop =
    count: list:
    if count >= length list then [ ] else genList (index: elemAt list (index + count)) (length list - count);
  sublist = start: count: list: take count (drop start list);
  reverseList = list: genList (index: elemAt list (length list - 1 - index)) (length list);
  foldr =
    function: initial: list:
    foldl' (result: value: function value result) initial (reverseList list);
  fold = foldr;
  foldl = foldl';
  # The first of each group of equal values stays, in order.
  unique = foldl' (seen: value: if elem value seen then seen else seen ++ [ value ]) [ ];
  allUnique = list: length (unique list) == length list;
  findFirst =
    predicate: default: list:
    let
      found = filter predicate list;
    in
    if found == [ ] then default else head found;
  findSingle =
    predicate: default: multiple: list:
    let
      found = filter predicate list;
    in
    if found == [ ] then
      default
    else if tail found == [ ] then
      head found
    else
      multiple;
  intersectLists = wanted: filter (value: elem value wanted);
  subtractLists = unwanted: filter (value: !elem value unwanted);
  mutuallyExclusive = left: right: intersectLists left right == [ ];
  zipListsWith =
    function: left: right:
    genList (index: function (elemAt left index) (elemAt right index)) (trivial.min (length left) (length right));
  zipLists = zipListsWith (fst: snd: { inherit fst snd; });
  crossLists = function: foldl' (functions: values: concatMap (f: map f values) functions) [ function ];
  sortOn = key: builtins.sort (left: right: key left < key right);
  naturalSort = builtins.sort builtins.lessThan;
  concat = left: right: left ++ right;
  ifilter0 =
    predicate: list:
    concatLists (imap0 (index: value: if predicate index value then [ value ] else [ ]) list);
}
