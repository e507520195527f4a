# services.openssh
{ config, lib, release, ... }:
let
  inherit (lib) mkOption types;
  file = toString ./openssh.nix;
  cfg = config.services.openssh;
  flag = default: mkOption { type = types.bool; inherit default; };
  nullable = type: mkOption {
    type = types.nullOr type;
    default = null;
  };
  algorithms = nullable (types.listOf types.str);

  hostKey = types.submodule {
    _file = file;
    freeformType = types.attrsOf types.unspecified;
    options.path = mkOption { type = types.str; };
    options.type = mkOption { type = types.str; };
  };
  listenAddress = types.submodule {
    _file = file;
    options.addr = nullable types.str;
    options.port = nullable types.int;
  };

  # sshd_config; what is not named here is allowed as it is.
  settings = types.submodule {
    _file = file;
    freeformType = types.attrsOf (
      types.nullOr (types.oneOf [ types.bool types.int types.str types.path (types.listOf types.str) ])
    );
    options = {
      PermitRootLogin = mkOption {
        type = types.nullOr (
          types.enum [ "yes" "without-password" "prohibit-password" "forced-commands-only" "no" ]
        );
        default = "prohibit-password";
      };
      PasswordAuthentication = mkOption {
        type = types.nullOr types.bool;
        default = true;
      };
      KbdInteractiveAuthentication = mkOption {
        type = types.nullOr types.bool;
        default = true;
      };
      X11Forwarding = mkOption {
        type = types.nullOr types.bool;
        default = false;
      };
      GatewayPorts = mkOption {
        type = types.nullOr types.str;
        default = "no";
      };
      LogLevel = mkOption {
        type = types.nullOr (
          types.enum [ "QUIET" "FATAL" "ERROR" "INFO" "VERBOSE" "DEBUG" "DEBUG1" "DEBUG2" "DEBUG3" ]
        );
        default = "INFO";
      };
      UseDns = mkOption {
        type = types.nullOr types.bool;
        default = false;
      };
      UsePAM = mkOption {
        type = types.nullOr types.bool;
        default = true;
      };
      StrictModes = mkOption {
        type = types.nullOr types.bool;
        default = true;
      };
      AllowUsers = algorithms;
      AllowGroups = algorithms;
      DenyUsers = algorithms;
      DenyGroups = algorithms;
      Ciphers = algorithms;
      KexAlgorithms = algorithms;
      Macs = algorithms;
      # A string would do too before 26.05.
      AcceptEnv = if lib.versionOlder release "26.05" then nullable (types.either types.str (types.listOf types.str)) else algorithms;
    };
  };
in
{
  options.services.openssh = {
    enable = flag false;
    startWhenNeeded = flag false;
    allowSFTP = flag true;
    sftpServerExecutable = nullable types.str;
    sftpFlags = mkOption {
      type = types.listOf types.str;
      default = [ ];
    };
    openFirewall = flag true;
    ports = mkOption {
      type = types.listOf types.port;
      default = [ 22 ];
    };
    listenAddresses = mkOption {
      type = types.listOf listenAddress;
      default = [ ];
    };
    hostKeys = mkOption {
      type = types.listOf hostKey;
      default = [
        {
          type = "rsa";
          bits = 4096;
          path = "/etc/ssh/ssh_host_rsa_key";
        }
        {
          type = "ed25519";
          path = "/etc/ssh/ssh_host_ed25519_key";
        }
      ];
    };
    authorizedKeysFiles = mkOption {
      type = types.listOf types.str;
      default = [ ];
    };
    authorizedKeysInHomedir = flag true;
    authorizedKeysCommand = mkOption {
      type = types.str;
      default = "none";
    };
    authorizedKeysCommandUser = mkOption {
      type = types.str;
      default = "nobody";
    };
    extraConfig = mkOption {
      type = types.lines;
      default = "";
    };
    knownHosts = mkOption {
      type = types.attrsOf types.anything;
      default = { };
    };
    moduliFile = mkOption {
      type = types.path;
      default = "/etc/ssh/moduli";
    };
    settings = mkOption {
      type = settings;
      default = { };
    };
  };

  config.networking.firewall.allowedTCPPorts = lib.mkIf (cfg.enable && cfg.openFirewall) cfg.ports;
}
