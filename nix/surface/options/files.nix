# File serving and disks: samba, nfs, avahi, smartd, fstrim, btrfs, zfs, backups.
{ config, lib, pkgs, release, ... }:
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
  # smb.conf: sections of atoms.
  sections = mkOption {
    type = types.attrsOf (
      types.attrsOf (
        types.oneOf [ types.bool types.int types.float types.str types.path (types.listOf types.str) ]
      )
    );
    default = { };
  };
in
{
  options.services = {
    samba = {
      enable = flag false;
      package = package pkgs.samba;
      openFirewall = flag false;
      nmbd.enable = flag true;
      nmbd.extraArgs = strings;
      smbd.enable = flag true;
      smbd.extraArgs = strings;
      winbindd.enable = flag true;
      winbindd.extraArgs = strings;
      usershares.enable = flag false;
      usershares.group = string "samba";
      nsswins = flag false;
      settings = sections;
    };
    samba-wsdd.enable = flag false;
    samba-wsdd.openFirewall = flag false;
    nfs.server.enable = flag false;
    nfs.server.exports = lines;
    nfs.server.hostName = nullable types.str;
    avahi = {
      enable = flag false;
      package = package pkgs.avahi;
      hostName = string config.networking.hostName;
      domainName = string "local";
      browseDomains = strings;
      ipv4 = flag true;
      ipv6 = flag false;
      allowInterfaces = nullable (types.listOf types.str);
      denyInterfaces = nullable (types.listOf types.str);
      openFirewall = flag true;
      allowPointToPoint = flag false;
      wideArea = flag (lib.versionOlder release "26.05");
      reflector = flag false;
      cacheEntriesMax = nullable types.int;
      nssmdns4 = flag false;
      nssmdns6 = flag false;
      extraConfig = lines;
      extraServiceFiles = mkOption {
        type = types.attrsOf (types.either types.str types.path);
        default = { };
      };
      publish = {
        enable = flag false;
        userServices = flag false;
        addresses = flag false;
        hinfo = flag false;
        workstation = flag false;
        domain = flag false;
      };
    };
    smartd = {
      enable = flag false;
      autodetect = flag true;
      extraOptions = strings;
      defaults.monitored = mkOption {
        type = types.separatedString " ";
        default = "-a";
      };
      defaults.autodetected = mkOption {
        type = types.separatedString " ";
        default = config.services.smartd.defaults.monitored;
      };
      devices = mkOption {
        type = types.listOf types.attrs;
        default = [ ];
      };
      notifications = keyed;
    };
    fstrim.enable = flag true;
    fstrim.interval = string "weekly";
    btrfs.autoScrub.enable = flag false;
    btrfs.autoScrub.interval = string "monthly";
    btrfs.autoScrub.fileSystems = strings;
    zfs.autoScrub.enable = flag false;
    zfs.autoSnapshot.enable = flag false;
    zfs.trim.enable = flag true;
    snapper.configs = keyed;
    btrbk.instances = keyed;
    restic.backups = keyed;
    borgbackup.jobs = keyed;
    syncthing.enable = flag false;
    syncthing.user = string "syncthing";
    syncthing.dataDir = string "/var/lib/syncthing";
    syncthing.settings = keyed;
    rsyncd.enable = flag false;
  };
}
