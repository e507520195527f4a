/*
  What NixOS 26.05 no longer has, or calls otherwise, as far as hosts are likely to set it.

  Source of every entry: the release notes of 26.05 (nixos/doc/manual/release-notes/rl-2605.section.md of nixpkgs),
  sections "Backward Incompatibilities" and "Other Notable Changes"; services.promtail has a file of its own. Of changed
  types and defaults each is noted beside its option. What the notes name and is not here stays unverified: options
  that became another with a type of its own, and settings below options that the surface takes as they are.
*/
{ lib, release, ... }:
let
  inherit (lib) mkOption mkRemovedOptionModule mkRenamedOptionModule splitString types;
  removed = option: mkRemovedOptionModule (splitString "." option);
  renamed = from: to: mkRenamedOptionModule (splitString "." from) (splitString "." to);

  unmaintained = option: removed option "NixOS 26.05 removed ${option}: its package is unmaintained or gone.";
  replaced = option: by: removed option "Since NixOS 26.05 this is ${by}.";

  # Named as in resolved.conf(5).
  resolved = {
    dnssec = "DNSSEC";
    dnsovertls = "DNSOverTLS";
    domains = "Domains";
    fallbackDns = "FallbackDNS";
    llmnr = "LLMNR";
  };

  option = type: default: mkOption { inherit type default; };
  before.options = {
    services.openssh.banner = option (types.nullOr types.lines) null;
    services.resolved = {
      dnssec = option types.str "false";
      dnsovertls = option types.str "false";
      domains = option (types.listOf types.str) [ ];
      fallbackDns = option (types.nullOr (types.listOf types.str)) null;
      llmnr = option types.str "true";
    };
    system.rebuild.enableNg = option types.bool true;
    systemd.coredump.extraConfig = option types.lines "";
    systemd.sleep.extraConfig = option types.lines "";
  };

  now.options = {
    services.resolved.settings.Resolve = option (types.attrsOf types.anything) { };
    systemd.coredump.settings.Coredump = option (types.attrsOf types.anything) { };
    systemd.sleep.settings.Sleep = option (types.attrsOf types.anything) { };
  };

  unmaintainedServices = [
    "programs.light"
    "programs.pqos-wrapper"
    "services.crabfit"
    "services.ethercalc"
    "services.opengfw"
    "services.pingvin-share"
    "services.pyload"
    "services.statsd"
    "services.uptime"
    "services.xserver.cmt"
    "services.xtreemfs"
  ];

  moved = [
    (replaced "services.openssh.banner" "services.openssh.settings.Banner")
    (replaced "systemd.coredump.extraConfig" "systemd.coredump.settings.Coredump")
    (replaced "systemd.sleep.extraConfig" "systemd.sleep.settings.Sleep")
    (replaced "services.yggdrasil.configFile" "services.yggdrasil.settings")
    (replaced "services.yggdrasil.persistentKeys" "services.yggdrasil.settings.PrivateKeyPath")
    (replaced "services.oauth2-proxy.clientSecret" "services.oauth2-proxy.clientSecretFile")
    (replaced "services.oauth2-proxy.cookie.secret" "services.oauth2-proxy.cookie.secretFile")
    (replaced "services.pdns-recursor.old-settings" "services.pdns-recursor.settings")
    (replaced "services.angrr.period" "services.angrr.settings")
    (replaced "services.angrr.ownedOnly" "services.angrr.settings")
    (replaced "services.angrr.removeRoot" "services.angrr.settings")
    (replaced "services.homepage-dashboard.environmentFile" "services.homepage-dashboard.environmentFiles, a list")
    (replaced "services.kubernetes.addons.dns.coredns" "services.kubernetes.addons.dns.corednsImage, a package")
    (removed "networking.wireless.userControlled.group" "Since NixOS 26.05 the group is always wpa_supplicant.")
    (removed "services.immich.database.enableVectors" "Since NixOS 26.05 Immich always uses VectorChord.")
    (removed "services.immich.database.enableVectorchord" "Since NixOS 26.05 Immich always uses VectorChord.")
    (removed "system.rebuild.enableNg" "NixOS 26.05 has only the new nixos-rebuild.")

    (renamed "services.eintopf" "services.lauti")
    (renamed "services.jellyseerr" "services.seerr")
    (renamed "services.stalwart-mail" "services.stalwart")
    (renamed "services.pdns-recursor.yaml-settings" "services.pdns-recursor.settings")
    (renamed "services.kanidm.enableClient" "services.kanidm.client.enable")
    (renamed "services.kanidm.enableServer" "services.kanidm.server.enable")
    (renamed "services.kanidm.clientSettings" "services.kanidm.client.settings")
    (renamed "services.kanidm.serverSettings" "services.kanidm.server.settings")
    (renamed "services.kanidm.unixSettings" "services.kanidm.unix.settings")
  ];
in
{
  imports =
    if lib.versionOlder release "26.05" then
      [ before ]
    else
      [ now ]
      ++ map unmaintained unmaintainedServices
      ++ lib.mapAttrsToList (old: new: renamed "services.resolved.${old}" "services.resolved.settings.Resolve.${new}") resolved
      ++ moved;
}
