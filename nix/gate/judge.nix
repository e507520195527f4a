/*
  What the embedded option surface says of one host.

  surface: from ../surface, for the host's release
  modules: absolute paths
  Out: { problems; unverified; assertions; warnings; files; }: what is wrong with the modules, what the surface could
  not judge, the assertions that failed, the warnings, and the files of all modules.
*/
{ surface, modules }:
let
  host = surface.evaluate modules;

  # Once something is wrong, an assertion may read an option that has no value; then the problems must do.
  unlessFaulty =
    list:
    let
      attempt = builtins.tryEval (builtins.deepSeq list list);
    in
    if host.problems == [ ] then list else if attempt.success then attempt.value else [ ];
in
{
  inherit (host) problems unverified files;
  assertions = unlessFaulty (
    map (failed: {
      inherit (failed) message;
      places = failed.places or [ ];
      stated = builtins.unsafeGetAttrPos "assertion" failed;
    }) (builtins.filter (assertion: !assertion.assertion) host.config.assertions)
  );
  warnings = unlessFaulty host.config.warnings;
}
