/*
  Whether a name that a host's modules read from `config`, and that is not there, is surely missing in NixOS too.

  In: request, JSON of { release; modules; path; }, the path below config. Out: a boolean.
*/
{ request }:
let
  inherit (builtins.fromJSON request) release modules path;
  surface = import ../surface { inherit release; };
in
surface.knows (surface.evaluate modules) path
