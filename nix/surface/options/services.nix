# Other services that hosts run, with the options most often set.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  flag = default: mkOption { type = types.bool; inherit default; };
  nullable = type: mkOption {
    type = types.nullOr type;
    default = null;
  };
  lines = mkOption {
    type = types.lines;
    default = "";
  };
  string = default: mkOption { type = types.str; inherit default; };
  strings = mkOption {
    type = types.listOf types.str;
    default = [ ];
  };
  keyed = mkOption {
    type = types.attrsOf types.anything;
    default = { };
  };
  package = default: mkOption { type = types.package; inherit default; };
  port = default: mkOption { type = types.port; inherit default; };
in
{
  options.services = {
    dnsmasq = {
      enable = flag false;
      package = package pkgs.dnsmasq;
      resolveLocalQueries = flag true;
      alwaysKeepRunning = flag false;
      settings = mkOption {
        type = types.attrsOf (
          types.nullOr (types.oneOf [ types.bool types.int types.str (types.listOf (types.either types.int types.str)) ])
        );
        default = { };
      };
    };
    fail2ban = {
      enable = flag false;
      package = package pkgs.fail2ban;
      ignoreIP = strings;
      maxretry = mkOption {
        type = types.ints.unsigned;
        default = 3;
      };
      bantime = nullable types.str;
      bantime-increment = keyed;
      banaction = string "nftables-multiport";
      daemonSettings = keyed;
      extraPackages = mkOption {
        type = types.listOf types.package;
        default = [ ];
      };
      jails = keyed;
    };
    nix-serve = {
      enable = flag false;
      package = package pkgs.nix-serve;
      port = port 5000;
      bindAddress = string "0.0.0.0";
      openFirewall = flag false;
      secretKeyFile = nullable types.str;
      extraParams = mkOption {
        type = types.separatedString " ";
        default = "";
      };
    };
    harmonia.enable = flag false;
    harmonia.signKeyPaths = mkOption {
      type = types.listOf types.path;
      default = [ ];
    };
    harmonia.settings = keyed;
    hydra.enable = flag false;
    cron.enable = flag false;
    cron.systemCronJobs = strings;
    chrony.enable = flag false;
    chrony.servers = strings;
    timesyncd.enable = flag true;
    timesyncd.servers = nullable (types.listOf types.str);
    resolved.enable = flag false;
    unbound.enable = flag false;
    unbound.settings = keyed;
    kea.dhcp4.enable = flag false;
    kea.dhcp4.settings = keyed;
    tailscale.enable = flag false;
    tailscale.useRoutingFeatures = mkOption {
      type = types.enum [ "none" "client" "server" "both" ];
      default = "none";
    };
    qemuGuest.enable = flag false;
    fwupd.enable = flag false;
    thermald.enable = flag false;
    getty.autologinUser = nullable types.str;
    getty.helpLine = lines;
    logrotate.enable = flag true;
    logrotate.settings = keyed;
    logind.lidSwitch = string "suspend";
    udev.extraRules = lines;
    udev.packages = mkOption {
      type = types.listOf types.path;
      default = [ ];
    };
    dbus.enable = flag true;
    postgresql = {
      enable = flag false;
      package = package pkgs.postgresql;
      dataDir = mkOption {
        type = types.path;
        default = "/var/lib/postgresql";
      };
      ensureDatabases = strings;
      ensureUsers = mkOption {
        type = types.listOf types.attrs;
        default = [ ];
      };
      authentication = lines;
      enableTCPIP = flag false;
      settings = keyed;
    };
    postgresqlBackup.enable = flag false;
    postgresqlBackup.databases = strings;
    mysql.enable = flag false;
    mysql.package = package pkgs.mariadb;
    mysql.ensureDatabases = strings;
    redis.servers = keyed;
    mosquitto.enable = flag false;
    home-assistant.enable = flag false;
    home-assistant.config = keyed;
    vaultwarden.enable = flag false;
    vaultwarden.config = keyed;
    forgejo.enable = flag false;
    forgejo.settings = keyed;
    gitea.enable = flag false;
    gitea.settings = keyed;
    gitea-actions-runner.instances = keyed;
    jellyfin.enable = flag false;
    nextcloud.enable = flag false;
    caddy.enable = flag false;
    caddy.virtualHosts = keyed;
    haproxy.enable = flag false;
    haproxy.config = nullable types.lines;
    printing.enable = flag false;
    xserver.enable = flag false;
    pipewire.enable = flag false;
  };

}
