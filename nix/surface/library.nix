# The library as one file sees it: every name that the file's directory mentions and the library lacks throws a
# message that says so, which the gate tells from a mistake in the file. Namespaces likewise.
{ lib }:
let
  namespaces = [
    "attrsets"
    "generators"
    "lists"
    "modules"
    "options"
    "strings"
    "trivial"
    "types"
  ];
  extend = prefix: names: set: lib.genAttrs names (name: throw "outside the embedded surface: ${prefix}.${name}") // set;
in
names: extend "lib" names lib // lib.genAttrs namespaces (name: extend "lib.${name}" names lib.${name})
