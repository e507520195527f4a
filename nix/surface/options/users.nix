# users.*
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  file = toString ./users.nix;
  flag = default: mkOption { type = types.bool; inherit default; };
  nullable = type: mkOption {
    type = types.nullOr type;
    default = null;
  };
  strings = mkOption {
    type = types.listOf types.str;
    default = [ ];
  };
  ranges = mkOption {
    type = types.listOf (types.submodule {
      _file = file;
      options = lib.genAttrs [ "startUid" "startGid" "count" ] (_: mkOption {
        type = types.int;
        default = 1;
      });
    });
    default = [ ];
  };

  user = types.submodule (
    { config, name, ... }:
    {
      _file = file;
      options = {
        name = mkOption {
          type = types.passwdEntry types.str;
          default = name;
        };
        enable = flag true;
        description = mkOption {
          type = types.passwdEntry types.str;
          default = "";
        };
        uid = nullable types.int;
        isSystemUser = flag false;
        isNormalUser = flag false;
        group = mkOption {
          type = types.str;
          default = if config.isNormalUser then "users" else "";
        };
        extraGroups = strings;
        home = mkOption {
          type = types.passwdEntry types.path;
          default = if config.isNormalUser then "/home/${name}" else "/var/empty";
        };
        homeMode = mkOption {
          type = types.strMatching "[0-7]{1,5}";
          default = "700";
        };
        createHome = mkOption {
          type = types.bool;
          default = config.isNormalUser;
        };
        shell = mkOption {
          type = types.nullOr (types.either types.shellPackage (types.passwdEntry types.path));
          default = null;
        };
        useDefaultShell = mkOption {
          type = types.bool;
          default = config.isNormalUser;
        };
        ignoreShellProgramCheck = flag false;
        packages = mkOption {
          type = types.listOf types.package;
          default = [ ];
        };
        hashedPassword = nullable (types.passwdEntry types.str);
        password = nullable types.str;
        hashedPasswordFile = nullable types.str;
        initialHashedPassword = nullable (types.passwdEntry types.str);
        initialPassword = nullable types.str;
        subUidRanges = ranges;
        subGidRanges = ranges;
        autoSubUidGidRange = flag false;
        linger = mkOption {
          type = types.nullOr types.bool;
          default = false;
        };
        expires = nullable (types.strMatching "[[:digit:]]{4}-[[:digit:]]{2}-[[:digit:]]{2}");
        cryptHomeLuks = nullable types.str;
        pamMount = mkOption {
          type = types.attrsOf types.str;
          default = { };
        };
        openssh.authorizedKeys.keys = mkOption {
          type = types.listOf types.singleLineStr;
          default = [ ];
        };
        openssh.authorizedKeys.keyFiles = mkOption {
          type = types.listOf types.path;
          default = [ ];
        };
        openssh.authorizedPrincipals = strings;
      };
    }
  );
  group = types.submodule (
    { name, ... }:
    {
      _file = file;
      options = {
        name = mkOption {
          type = types.passwdEntry types.str;
          default = name;
        };
        gid = nullable types.int;
        members = strings;
      };
    }
  );
in
{
  options.users = {
    users = mkOption {
      type = types.attrsOf user;
      default = { };
    };
    groups = mkOption {
      type = types.attrsOf group;
      default = { };
    };
    mutableUsers = flag true;
    enforceIdUniqueness = flag true;
    allowNoPasswordLogin = flag false;
    manageLingering = flag true;
    defaultUserShell = mkOption {
      type = types.either types.path types.shellPackage;
      default = "/run/current-system/sw/bin/bash";
    };
    motd = nullable types.lines;
    motdFile = nullable types.str;
  };

  config = {
    users.users.root = {
      uid = 0;
      isSystemUser = true;
      group = "root";
      home = lib.mkDefault "/root";
    };
    users.groups = {
      root.gid = 0;
      wheel.gid = 1;
      users.gid = 100;
    };
    assertions = lib.concatLists (
      lib.mapAttrsToList (name: user: [
        {
          assertion = user.isSystemUser != user.isNormalUser;
          message = "Exactly one of users.users.${name}.isSystemUser and users.users.${name}.isNormalUser must be set.";
        }
        {
          assertion = user.group != "";
          message = "users.users.${name}.group is unset. This used to default to nogroup, but this is unsafe.";
        }
      ]) (lib.filterAttrs (_: user: user.enable) config.users.users)
    );
  };
}
