# services.alloy, and the unit that it renders. environmentFile came in 2025 and is in 25.11 and 26.05.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkEnableOption mkOption mkPackageOption types;
  cfg = config.services.alloy;
in
{
  options.services.alloy = {
    enable = mkEnableOption "Grafana Alloy";
    package = mkPackageOption pkgs "grafana-alloy" { };
    configPath = mkOption {
      type = types.path;
      default = "/etc/alloy";
    };
    environmentFile = mkOption {
      type = types.nullOr types.path;
      default = null;
    };
    extraFlags = mkOption {
      type = types.listOf types.str;
      default = [ ];
    };
  };

  config = lib.mkIf cfg.enable {
    systemd.services.alloy = {
      wantedBy = [ "multi-user.target" ];
      reloadTriggers = [ (config.environment.etc."alloy/config.alloy".source or null) ];
      serviceConfig = {
        Restart = "always";
        DynamicUser = true;
        RestartSec = 2;
        SupplementaryGroups = [ "systemd-journal" ];
        ExecStart = "${cfg.package}/bin/alloy run ${cfg.configPath} ${lib.escapeShellArgs cfg.extraFlags}";
        ExecReload = "${pkgs.coreutils}/bin/kill -SIGHUP $MAINPID";
        ConfigurationDirectory = "alloy";
        StateDirectory = "alloy";
        WorkingDirectory = "%S/alloy";
        Type = "simple";
      }
      // lib.optionalAttrs (cfg.environmentFile != null) { EnvironmentFile = cfg.environmentFile; };
    };
  };
}
