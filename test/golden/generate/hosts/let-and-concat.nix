# imports = [ ./not-this-one ];
{
  lib,
  config,
  ...
}@args:
let
  imports = [ ./nor-this ];
  text = "imports = [ ${toString [ "}" ]} ]; # no comment";
  script = ''
    ''${escaped} ''' ${lib.concatStrings [ "]" ]} imports = [ ];
  '';
in
{
  services.x.imports = [ "deeper" ];
  nested = {
    imports = [ ./nested ];
  };
  imports = [
    (import ./function.nix { a = [ ]; })
    ./a.nix
    ./utils/modules/alloy
  ]
  ++ lib.optional args.wide ./wide.nix;
}
