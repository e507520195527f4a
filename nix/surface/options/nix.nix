# nix.*: the Nix of the machine itself.
{ lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  flag = default: mkOption { type = types.bool; inherit default; };
  atom = types.nullOr (
    types.oneOf [ types.bool types.int types.float types.str types.path types.package ]
  );
  dates = mkOption {
    type = types.either types.singleLineStr (types.listOf types.str);
    default = "03:15";
  };
  string = default: mkOption { type = types.singleLineStr; inherit default; };
in
{
  options.nix = {
    enable = flag true;
    package = mkOption {
      type = types.package;
      default = pkgs.nix;
    };
    settings = mkOption {
      type = types.attrsOf (types.either atom (types.listOf atom));
      default = { };
    };
    extraOptions = mkOption {
      type = types.lines;
      default = "";
    };
    checkConfig = flag true;
    channel.enable = flag true;
    distributedBuilds = flag false;
    buildMachines = mkOption {
      type = types.listOf types.anything;
      default = [ ];
    };
    nixPath = mkOption {
      type = types.listOf types.str;
      default = [ ];
    };
    registry = mkOption {
      type = types.attrsOf types.anything;
      default = { };
    };
    sshServe.enable = flag false;
    daemonCPUSchedPolicy = mkOption {
      type = types.enum [ "other" "batch" "idle" ];
      default = "other";
    };
    daemonIOSchedClass = mkOption {
      type = types.enum [ "best-effort" "idle" ];
      default = "best-effort";
    };
    gc = {
      automatic = flag false;
      inherit dates;
      options = string "";
      persistent = flag true;
      randomizedDelaySec = string "0";
    };
    optimise = {
      automatic = flag false;
      inherit dates;
    };
  };
}
