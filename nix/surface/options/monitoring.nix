# Logs and metrics besides alloy and promtail: journald, loki, grafana, prometheus.
{ lib, pkgs, ... }:
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
  json = mkOption {
    type = (pkgs.formats.json { }).type;
    default = { };
  };
  port = default: mkOption { type = types.port; inherit default; };
  package = default: mkOption { type = types.package; inherit default; };
in
{
  options.services = {
    journald = {
      console = string "";
      rateLimitInterval = string "30s";
      rateLimitBurst = mkOption {
        type = types.int;
        default = 10000;
      };
      storage = mkOption {
        type = types.enum [ "persistent" "volatile" "auto" "none" ];
        default = "persistent";
      };
      audit = nullable (types.either types.bool (types.enum [ "keep" ]));
      extraConfig = lines;
      forwardToSyslog = flag false;
    };
    loki = {
      enable = flag false;
      package = package pkgs.grafana-loki;
      user = string "loki";
      group = string "loki";
      dataDir = mkOption {
        type = types.path;
        default = "/var/lib/loki";
      };
      configuration = json;
      configFile = nullable types.path;
      extraFlags = strings;
    };
    grafana = {
      enable = flag false;
      dataDir = mkOption {
        type = types.path;
        default = "/var/lib/grafana";
      };
      openFirewall = flag false;
      settings = json;
      provision = mkOption {
        type = types.anything;
        default = { };
      };
      declarativePlugins = nullable (types.listOf types.path);
    };
    prometheus = {
      enable = flag false;
      port = port 9090;
      listenAddress = string "0.0.0.0";
      retentionTime = nullable types.str;
      stateDir = string "prometheus2";
      extraFlags = strings;
      globalConfig = json;
      scrapeConfigs = mkOption {
        type = types.listOf types.anything;
        default = [ ];
      };
      remoteWrite = mkOption {
        type = types.listOf types.anything;
        default = [ ];
      };
      rules = strings;
      ruleFiles = mkOption {
        type = types.listOf types.path;
        default = [ ];
      };
      exporters.node = {
        enable = flag false;
        port = port 9100;
        listenAddress = string "0.0.0.0";
        openFirewall = flag false;
        enabledCollectors = strings;
        disabledCollectors = strings;
        extraFlags = strings;
      };
    };
  };
}
