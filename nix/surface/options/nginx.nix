# services.nginx
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  file = toString ./nginx.nix;
  cfg = config.services.nginx;
  flag = default: mkOption { type = types.bool; inherit default; };
  nullable = type: mkOption {
    type = types.nullOr type;
    default = null;
  };
  lines = mkOption {
    type = types.lines;
    default = "";
  };
  strings = mkOption {
    type = types.listOf types.str;
    default = [ ];
  };

  location = types.submodule {
    _file = file;
    options = {
      root = nullable types.path;
      alias = nullable types.path;
      index = nullable types.str;
      tryFiles = nullable types.str;
      proxyPass = nullable types.str;
      proxyWebsockets = flag false;
      recommendedProxySettings = mkOption {
        type = types.bool;
        default = cfg.recommendedProxySettings;
      };
      return = nullable (types.oneOf [ types.str types.int ]);
      fastcgiParams = mkOption {
        type = types.attrsOf (types.either types.str types.path);
        default = { };
      };
      basicAuth = mkOption {
        type = types.attrsOf types.str;
        default = { };
      };
      basicAuthFile = nullable types.path;
      priority = mkOption {
        type = types.int;
        default = 1000;
      };
      extraConfig = lines;
    };
  };
  listen = types.submodule {
    _file = file;
    options = {
      addr = mkOption { type = types.str; };
      port = nullable types.port;
      ssl = flag false;
      proxyProtocol = flag false;
      extraParameters = strings;
    };
  };
  virtualHost = types.submodule {
    _file = file;
    options = {
      serverName = nullable types.str;
      serverAliases = strings;
      listen = mkOption {
        type = types.listOf listen;
        default = [ ];
      };
      listenAddresses = strings;
      default = flag false;
      root = nullable types.path;
      globalRedirect = nullable types.str;
      redirectCode = mkOption {
        type = types.ints.between 300 399;
        default = 301;
      };
      enableACME = flag false;
      useACMEHost = nullable types.str;
      acmeRoot = mkOption {
        type = types.nullOr types.str;
        default = "/var/lib/acme/acme-challenge";
      };
      acmeFallbackHost = nullable types.str;
      addSSL = flag false;
      onlySSL = flag false;
      forceSSL = flag false;
      rejectSSL = flag false;
      kTLS = flag false;
      http2 = flag true;
      http3 = flag true;
      quic = flag false;
      sslCertificate = mkOption { type = types.path; };
      sslCertificateKey = mkOption { type = types.path; };
      sslTrustedCertificate = nullable types.path;
      basicAuth = mkOption {
        type = types.attrsOf types.str;
        default = { };
      };
      basicAuthFile = nullable types.path;
      locations = mkOption {
        type = types.attrsOf location;
        default = { };
      };
      extraConfig = lines;
    };
  };
  upstream = types.submodule {
    _file = file;
    options = {
      servers = mkOption {
        type = types.attrsOf types.attrs;
        default = { };
      };
      extraConfig = lines;
    };
  };
  hosts = lib.attrValues cfg.virtualHosts;
  withAcme = lib.filterAttrs (_: host: host.enableACME) cfg.virtualHosts;
in
{
  options.services.nginx = {
    enable = flag false;
    package = mkOption {
      type = types.package;
      default = pkgs.nginxStable;
    };
    additionalModules = mkOption {
      type = types.listOf types.raw;
      default = [ ];
    };
    recommendedGzipSettings = flag false;
    recommendedBrotliSettings = flag false;
    recommendedOptimisation = flag false;
    recommendedProxySettings = flag false;
    recommendedTlsSettings = flag false;
    clientMaxBodySize = mkOption {
      type = types.str;
      default = "10m";
    };
    proxyTimeout = mkOption {
      type = types.str;
      default = "60s";
    };
    serverTokens = flag false;
    statusPage = flag false;
    enableReload = flag false;
    user = mkOption {
      type = types.str;
      default = "nginx";
    };
    group = mkOption {
      type = types.str;
      default = "nginx";
    };
    defaultHTTPListenPort = mkOption {
      type = types.port;
      default = 80;
    };
    defaultSSLListenPort = mkOption {
      type = types.port;
      default = 443;
    };
    defaultListenAddresses = strings;
    resolver.addresses = strings;
    resolver.valid = mkOption {
      type = types.str;
      default = "";
    };
    logError = mkOption {
      type = types.str;
      default = "stderr";
    };
    sslProtocols = mkOption {
      type = types.str;
      default = "TLSv1.2 TLSv1.3";
    };
    sslDhparam = nullable types.path;
    appendConfig = lines;
    appendHttpConfig = lines;
    commonHttpConfig = lines;
    config = lines;
    eventsConfig = lines;
    httpConfig = lines;
    streamConfig = lines;
    upstreams = mkOption {
      type = types.attrsOf upstream;
      default = { };
    };
    virtualHosts = mkOption {
      type = types.attrsOf virtualHost;
      default = { };
    };
  };

  config = lib.mkIf cfg.enable {
    security.acme.certs = lib.mapAttrs' (
      name: host: lib.nameValuePair (if host.serverName == null then name else host.serverName) { inherit (cfg) group; }
    ) withAcme;
    users.users.nginx = lib.mkIf (cfg.user == "nginx") {
      isSystemUser = true;
      inherit (cfg) group;
    };
    users.groups.nginx = lib.mkIf (cfg.group == "nginx") { };
    assertions = [
      {
        assertion = lib.all (host: lib.count lib.id [ host.addSSL host.onlySSL host.forceSSL host.rejectSSL ] <= 1) hosts;
        message = "Options services.nginx.service.virtualHosts.<name>.addSSL, services.nginx.virtualHosts.<name>.onlySSL, services.nginx.virtualHosts.<name>.forceSSL and services.nginx.virtualHosts.<name>.rejectSSL are mutually exclusive.";
      }
      {
        assertion = lib.all (host: !(host.enableACME && host.useACMEHost != null)) hosts;
        message = "Options services.nginx.service.virtualHosts.<name>.enableACME and services.nginx.virtualHosts.<name>.useACMEHost are mutually exclusive.";
      }
    ];
  };
}
