/*
  Evaluates one host through the embedded option surface.

  In: request, JSON of { nonce; release; modules; }, the modules being absolute paths; what is looked at on the way is
  told as ./world.nix says.
  Out: as ./judge.nix.
*/
{ request }:
let
  inherit (builtins.fromJSON request) nonce release modules;
  world = import ./world.nix { inherit nonce; };
in
import ./judge.nix {
  surface = import ../surface { inherit release world; };
  inherit modules;
}
