/*
  Whether a name that a host's modules read from `config`, and that is not there, is surely missing in NixOS too.

  In: request, JSON of { nonce; release; modules; path; }, the path below config; the rest as in ./embedded.nix.
  Out: a boolean.
*/
{ request }:
let
  inherit (builtins.fromJSON request) nonce release modules path;
  surface = import ../surface {
    inherit release;
    world = import ./world.nix { inherit nonce; };
  };
in
surface.knows (surface.evaluate modules) path
