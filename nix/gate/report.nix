# What the gate asks of an evaluated NixOS system.
{ config, lib }:
let
  failed = builtins.filter (assertion: !assertion.assertion) config.assertions;
in
{
  inherit (lib.trivial) release;
  assertions = map (assertion: { inherit (assertion) message; }) failed;
  inherit (config) warnings;
  drvPath = if failed == [ ] then config.system.build.toplevel.drvPath else null;
}
