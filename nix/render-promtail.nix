/*
  The configuration that a shared promtail module gives a host.

  In: request, JSON of { release; nixpkgs; module; modules; host; }: the release whose services.promtail is asked, a
  nixpkgs of that release or null for the embedded surface, the module's absolute path, the channel's modules and
  the host's name.
  Out: { problems; configuration; }, the configuration as JSON text; null when there are problems.
*/
{ request }:
let
  inherit (builtins.fromJSON request) release nixpkgs module modules host;
  named = {
    _file = toString ./render-promtail.nix;
    networking.hostName = host;
  };
  real = import (nixpkgs + "/nixos/lib/eval-config.nix") {
    modules = [ module named ] ++ import ./gate/modules.nix modules;
  };
  embedded = (import ./surface { inherit release; }).evaluate [ module named ];

  evaluated = if nixpkgs == null then embedded else real // { problems = [ ]; };
in
{
  inherit (evaluated) problems;
  configuration =
    if evaluated.problems == [ ] then builtins.toJSON evaluated.config.services.promtail.configuration else null;
}
