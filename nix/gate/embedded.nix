/*
  Evaluates one host through the embedded option surface.

  In: request, JSON of { release; modules; }, the modules being absolute paths.
  Out: { problems; unverified; assertions; warnings; files; }: what is wrong with the modules, what the surface could
  not judge, the assertions that failed, the warnings, and the files of all modules.
*/
{ request }:
let
  inherit (builtins.fromJSON request) release modules;
  surface = import ../surface { inherit release; };
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
