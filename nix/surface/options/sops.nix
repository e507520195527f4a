# sops-nix. Not part of nixpkgs, but what a fleet's secrets come from; a channel names it among its modules.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.sops;
  file = toString ./sops.nix;
  strings = types.listOf types.str;
  nullable = type: mkOption {
    type = types.nullOr type;
    default = null;
  };

  secret = types.submodule (
    { config, name, ... }:
    {
      _file = file;
      options = {
        name = mkOption {
          type = types.str;
          default = name;
        };
        key = mkOption {
          type = types.str;
          default = if cfg.defaultSopsKey != null then cfg.defaultSopsKey else name;
        };
        path = mkOption {
          type = types.str;
          default = if config.neededForUsers then "/run/secrets-for-users/${config.name}" else "/run/secrets/${config.name}";
        };
        format = mkOption {
          type = types.enum [ "yaml" "json" "binary" "dotenv" "ini" ];
          default = cfg.defaultSopsFormat;
        };
        mode = mkOption {
          type = types.str;
          default = "0400";
        };
        owner = mkOption {
          type = types.nullOr types.str;
          default = null;
        };
        uid = mkOption {
          type = types.nullOr types.int;
          default = 0;
        };
        group = mkOption {
          type = types.nullOr types.str;
          default = null;
        };
        gid = mkOption {
          type = types.nullOr types.int;
          default = 0;
        };
        sopsFile = mkOption {
          type = types.path;
          default = cfg.defaultSopsFile;
        };
        sopsFileHash = mkOption {
          type = types.str;
          default = "";
        };
        restartUnits = mkOption {
          type = strings;
          default = [ ];
        };
        reloadUnits = mkOption {
          type = strings;
          default = [ ];
        };
        neededForUsers = mkOption {
          type = types.bool;
          default = false;
        };
      };
    }
  );

  template = types.submodule (
    { name, ... }:
    {
      _file = file;
      options = {
        name = mkOption {
          type = types.singleLineStr;
          default = name;
        };
        path = mkOption {
          type = types.singleLineStr;
          default = "/run/secrets/rendered/${name}";
        };
        content = mkOption {
          type = types.lines;
          default = "";
        };
        mode = mkOption {
          type = types.singleLineStr;
          default = "0400";
        };
        owner = nullable types.singleLineStr;
        group = nullable types.singleLineStr;
        file = nullable types.path;
        restartUnits = mkOption {
          type = strings;
          default = [ ];
        };
        reloadUnits = mkOption {
          type = strings;
          default = [ ];
        };
      };
    }
  );

  # As sops-nix: the SSH host keys, where the machine has an SSH server.
  hostKeys =
    type:
    lib.optionals config.services.openssh.enable (
      map (key: key.path) (lib.filter (key: key.type == type) config.services.openssh.hostKeys)
    );
in
{
  options.sops = {
    secrets = mkOption {
      type = types.attrsOf secret;
      default = { };
    };
    templates = mkOption {
      type = types.attrsOf template;
      default = { };
    };
    placeholder = mkOption {
      type = types.attrsOf types.str;
      default = lib.mapAttrs (name: _: "<SOPS:${builtins.hashString "sha256" name}:PLACEHOLDER>") cfg.secrets;
    };
    defaultSopsFile = mkOption { type = types.path; };
    defaultSopsFormat = mkOption {
      type = types.str;
      default = "yaml";
    };
    defaultSopsKey = nullable types.str;
    validateSopsFiles = mkOption {
      type = types.bool;
      default = true;
    };
    keepGenerations = mkOption {
      type = types.ints.unsigned;
      default = 1;
    };
    log = mkOption {
      type = types.listOf (types.enum [ "keyImport" "secretChanges" ]);
      default = [ "keyImport" "secretChanges" ];
    };
    environment = mkOption {
      type = types.attrsOf (types.either types.str types.path);
      default = { };
    };
    package = mkOption {
      type = types.package;
      default = pkgs.sops-install-secrets;
    };
    useTmpfs = mkOption {
      type = types.bool;
      default = false;
    };
    useSystemdActivation = mkOption {
      type = types.bool;
      default = false;
    };
    age = {
      keyFile = nullable types.path;
      generateKey = mkOption {
        type = types.bool;
        default = false;
      };
      plugins = mkOption {
        type = types.listOf types.package;
        default = [ ];
      };
      sshKeyPaths = mkOption {
        type = types.listOf types.path;
        default = hostKeys "ed25519";
      };
    };
    gnupg = {
      home = nullable types.str;
      sshKeyPaths = mkOption {
        type = types.listOf types.path;
        default = hostKeys "rsa";
      };
    };
  };

  config = lib.mkIf (cfg.secrets != { }) {
    assertions = [
      {
        assertion =
          cfg.gnupg.home != null || cfg.gnupg.sshKeyPaths != [ ] || cfg.age.keyFile != null || cfg.age.sshKeyPaths != [ ];
        message = "No key source configured for sops. Either set services.openssh.enable or set sops.age.keyFile or sops.gnupg.home";
      }
    ]
    ++ lib.mapAttrsToList (name: secret: {
      assertion = !cfg.validateSopsFiles || lib.pathExists secret.sopsFile;
      message = "Cannot find path '${toString secret.sopsFile}' set in sops.secrets.${lib.strings.escapeNixIdentifier name}.sopsFile";
    }) cfg.secrets;
  };
}
