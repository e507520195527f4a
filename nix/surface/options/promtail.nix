# services.promtail up to 25.11; the module and the package left NixOS with 26.05.
{ config, lib, pkgs, release, ... }:
let
  inherit (lib) mkEnableOption mkOption types;
  cfg = config.services.promtail;
  positions = cfg.configuration.positions.filename;
  readsJournal = lib.any (scrape: scrape ? journal) (cfg.configuration.scrape_configs or [ ]);

  present = {
    options.services.promtail = {
      enable = mkEnableOption "the Promtail ingresser";
      configuration = mkOption { type = (pkgs.formats.json { }).type; };
      extraFlags = mkOption {
        type = types.listOf types.str;
        default = [ ];
      };
    };
    config = lib.mkIf cfg.enable {
      services.promtail.configuration.positions.filename = lib.mkDefault "/var/cache/promtail/positions.yaml";
      systemd.services.promtail = {
        description = "Promtail log ingress";
        wantedBy = [ "multi-user.target" ];
        stopIfChanged = false;
        serviceConfig = {
          Restart = "on-failure";
          TimeoutStopSec = 10;
          ExecStart = "${pkgs.promtail}/bin/promtail -config.file=${pkgs.writeText "promtail-config.json" (builtins.toJSON cfg.configuration)} ${lib.escapeShellArgs cfg.extraFlags}";
          CacheDirectory = "promtail";
          ReadWritePaths = lib.optional (!lib.hasPrefix "/var/cache/promtail" positions) (dirOf positions);
          User = "promtail";
          Group = "promtail";
          SupplementaryGroups = lib.optional readsJournal "systemd-journal";

          ProtectSystem = "strict";
          ProtectHome = true;
          PrivateTmp = true;
          PrivateDevices = true;
          ProtectKernelTunables = true;
          ProtectControlGroups = true;
          RestrictSUIDSGID = true;
          PrivateMounts = true;
          CapabilityBoundingSet = "";
          NoNewPrivileges = true;
          ProtectKernelModules = true;
          SystemCallArchitectures = "native";
          ProtectKernelLogs = true;
          ProtectClock = true;
          LockPersonality = true;
          ProtectHostname = true;
          RestrictRealtime = true;
          MemoryDenyWriteExecute = true;
          PrivateUsers = true;
        }
        // lib.optionalAttrs (!pkgs.stdenv.hostPlatform.isAarch64) { SystemCallFilter = "@system-service"; };
      };
      users.groups.promtail = { };
      users.users.promtail = {
        description = "Promtail service user";
        isSystemUser = true;
        group = "promtail";
      };
    };
  };
  gone =
    lib.mkRemovedOptionModule [ "services" "promtail" ]
      "services.promtail was removed in NixOS 26.05, as Promtail reached its end of life; services.alloy takes its place.";
in
{
  imports = [ (if lib.versionAtLeast release "26.05" then gone else present) ];
}
