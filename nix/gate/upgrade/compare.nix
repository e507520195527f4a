/*
  What of a host's options another release has otherwise.

  In: request, JSON of { nonce; from; to; reasons; }; from and to are
  { kind = "surface"; release; modules; } or { kind = "nixpkgs"; path; modules; }, the modules as ../modules.nix takes
  them, absolute; for reasons see ./report.nix. What is looked at on the way is told as ../world.nix says.
  Out: as ./report.nix.
*/
{ request }:
let
  inherit (builtins.fromJSON request) nonce from to reasons;
  world = import ../world.nix { inherit nonce; };

  kinds = {
    surface =
      { release, modules, ... }:
      let
        surface = import ../../surface { inherit release world; };
        host = surface.evaluate modules;
      in
      {
        inherit (surface) lib;
        inherit (host) options;
        isOwn = surface.lib.hasPrefix (toString ../../surface + "/");
        complete = false;
        undeclared = builtins.filter (one: one ? path) host.unverified;
      };
    nixpkgs =
      { path, modules, ... }:
      let
        host = import (path + "/nixos/lib/eval-config.nix") {
          # An option that this release does not have is what is looked for here, and no mistake.
          modules = import ../modules.nix modules ++ [ { _module.check = false; } ];
        };
      in
      {
        inherit (host) lib options;
        isOwn = host.lib.hasPrefix (path + "/");
        complete = true;
        undeclared = [ ];
      };
  };
  evaluate = side: kinds.${side.kind} side;
in
import ./report.nix {
  from = evaluate from;
  to = evaluate to;
  inherit reasons;
}
