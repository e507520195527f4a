/*
  NixOS tests of scenarios, one for each.

  In: directory, a path to what fleet wrote: settings.json and the files that it names; channels, by release
  { nixpkgs; modules; }: a nixpkgs, and the modules that the fleet's hosts are evaluated with besides their own,
  sops-nix's among them.
  Out: derivations by the scenarios' names.
*/
{ directory, channels }:
let
  settings = builtins.fromJSON (builtins.readFile (directory + "/settings.json"));
  fileOf = name: if builtins.substring 0 1 name == "/" then /. + name else directory + "/${name}";
in
builtins.mapAttrs (
  name: test:
  let
    channel = channels.${test.release};
  in
  import ./test.nix {
    inherit name;
    inherit (settings) host loki;
    inherit (test) label secrets;
    pkgs = import channel.nixpkgs { };
    modules = map fileOf test.modules ++ channel.modules;
    testScript = builtins.readFile (fileOf test.script);
    lokiConfiguration = fileOf settings.loki.configuration;
    labelled = fileOf settings.labelled;
  }
) settings.tests
