# services.promtail up to 25.11; the module and the package left NixOS with 26.05.
{ config, lib, pkgs, release, ... }:
let
  inherit (lib) mkEnableOption mkOption types;
  cfg = config.services.promtail;

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
        serviceConfig = {
          Restart = "on-failure";
          TimeoutStopSec = 10;
          ExecStart = "${pkgs.promtail}/bin/promtail -config.file=${pkgs.writeText "promtail.json" (builtins.toJSON cfg.configuration)} ${lib.escapeShellArgs cfg.extraFlags}";
          CacheDirectory = "promtail";
          User = "promtail";
          Group = "promtail";
          SupplementaryGroups = lib.optional (lib.any (scrape: scrape ? journal) (cfg.configuration.scrape_configs or [ ])) "systemd-journal";
        };
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
