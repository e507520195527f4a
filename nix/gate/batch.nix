/*
  Evaluates hosts through the embedded option surface, one after the other in one process, which loads the surface
  once for each release.

  In: request, JSON of { nonce; hosts; }, the hosts being a list of { release; modules; } as for ./embedded.nix.
  Each host ends with a line on stderr, "trace: NONCE ["host", answer]", the answer being null for a host that throws.
  What is looked at for a host is told, as ./world.nix says, before that line and after the one of the host before.
  A mistake that Nix cannot catch ends the process: the hosts that are done by then stand.
  Out: the number of hosts.
*/
{ request }:
let
  inherit (builtins)
    deepSeq
    foldl'
    fromJSON
    listToAttrs
    toJSON
    trace
    tryEval
    ;
  inherit (fromJSON request) nonce hosts;
  world = import ./world.nix { inherit nonce; };
  surfaces = listToAttrs (
    map (host: {
      name = host.release;
      value = import ../surface {
        inherit (host) release;
        inherit world;
      };
    }) hosts
  );
  answer =
    host:
    let
      judged = import ./judge.nix {
        surface = surfaces.${host.release};
        inherit (host) modules;
      };
      # To text at once, so that nothing of a host is left to be evaluated later.
      attempt = tryEval (toJSON judged);
    in
    if attempt.success then attempt.value else "null";
in
foldl' (
  count: host:
  let
    text = answer host;
  in
  deepSeq text (trace "${nonce} [\"host\",${text}]" (count + 1))
) 0 hosts
