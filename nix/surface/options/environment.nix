# environment.* and programs.*
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkIf mkOption types;
  file = toString ./environment.nix;
  packages = mkOption {
    type = types.listOf types.package;
    default = [ ];
  };
  words = mkOption {
    type = types.attrsOf (types.nullOr (types.either types.str types.path));
    default = { };
  };
  lines = mkOption {
    type = types.lines;
    default = "";
  };
  flag = default: mkOption { type = types.bool; inherit default; };

  etcFile = types.submodule (
    { config, name, ... }:
    {
      _file = file;
      options = {
        enable = flag true;
        target = mkOption {
          type = types.str;
          default = name;
        };
        text = mkOption {
          type = types.nullOr types.lines;
          default = null;
        };
        source = mkOption { type = types.path; };
        mode = mkOption {
          type = types.str;
          default = "symlink";
        };
        uid = mkOption {
          type = types.int;
          default = 0;
        };
        gid = mkOption {
          type = types.int;
          default = 0;
        };
        user = mkOption {
          type = types.str;
          default = "+${toString config.uid}";
        };
        group = mkOption {
          type = types.str;
          default = "+${toString config.gid}";
        };
      };
      config.source = mkIf (config.text != null) (
        lib.mkOptionDefault (pkgs.writeText "etc-${baseNameOf name}" config.text)
      );
    }
  );
  # Programs that are switched on and perhaps told which package to take.
  switched = name: {
    enable = lib.mkEnableOption name;
    package = mkOption {
      type = types.package;
      default = pkgs.hello // { inherit name; };
    };
  };
in
{
  options = {
    environment = {
      etc = mkOption {
        type = types.attrsOf etcFile;
        default = { };
      };
      systemPackages = packages;
      defaultPackages = packages;
      variables = mkOption {
        type = types.attrsOf types.anything;
        default = { };
      };
      sessionVariables = mkOption {
        type = types.attrsOf types.anything;
        default = { };
      };
      shellAliases = words;
      shellInit = lines;
      loginShellInit = lines;
      interactiveShellInit = lines;
      extraInit = lines;
      pathsToLink = mkOption {
        type = types.listOf types.str;
        default = [ ];
      };
      shells = mkOption {
        type = types.listOf (types.either types.shellPackage types.path);
        default = [ ];
      };
      enableAllTerminfo = flag false;
    };
    programs = {
      bash.shellAliases = words;
      bash.interactiveShellInit = lines;
      bash.completion.enable = flag true;
      zsh.enable = flag false;
      fish.enable = flag false;
      git = switched "git" // {
        config = mkOption {
          type = types.anything;
          default = { };
        };
      };
      htop.enable = flag false;
      iftop.enable = flag false;
      mosh.enable = flag false;
      mtr.enable = flag false;
      nano.enable = flag true;
      ssh.extraConfig = lines;
      ssh.startAgent = flag false;
      ssh.knownHosts = mkOption {
        type = types.attrsOf types.anything;
        default = { };
      };
      tmux.enable = flag false;
      vim = switched "vim" // { defaultEditor = flag false; };
      neovim = switched "neovim" // { defaultEditor = flag false; };
    };
  };
}
