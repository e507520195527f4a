# boot.*, fileSystems, swap and hardware.
{ config, lib, pkgs, release, ... }:
let
  inherit (lib) mkEnableOption mkOption types;
  file = toString ./boot.nix;
  flag = default: mkOption { type = types.bool; inherit default; };
  strings = mkOption {
    type = types.listOf types.str;
    default = [ ];
  };
  nullable = type: mkOption {
    type = types.nullOr type;
    default = null;
  };
  lines = mkOption {
    type = types.lines;
    default = "";
  };

  fileSystem = types.submodule (
    { config, name, ... }:
    {
      _file = file;
      options = {
        enable = flag true;
        mountPoint = mkOption {
          type = types.nonEmptyStr;
          default = name;
        };
        device = nullable types.nonEmptyStr;
        label = nullable types.nonEmptyStr;
        # Without a default since 26.05.
        fsType = mkOption ({ type = types.nonEmptyStr; } // lib.optionalAttrs (lib.versionOlder release "26.05") { default = "auto"; });
        options = mkOption {
          type = types.nonEmptyListOf types.nonEmptyStr;
          default = [ "defaults" ];
        };
        depends = mkOption {
          type = types.listOf types.nonEmptyStr;
          default = [ ];
        };
        neededForBoot = flag false;
        autoFormat = flag false;
        autoResize = flag false;
        noCheck = flag false;
        formatOptions = nullable types.str;
        overlay.lowerdir = nullable (types.nonEmptyListOf types.str);
        overlay.upperdir = nullable types.str;
        overlay.workdir = nullable types.str;
        overlay.useStage1BaseDirectories = flag true;
        encrypted.enable = flag false;
        encrypted.blkDev = nullable types.str;
        encrypted.label = nullable types.str;
        encrypted.keyFile = nullable types.str;
      };
      config.device = lib.mkIf (config.label != null) (lib.mkDefault "/dev/disk/by-label/${config.label}");
    }
  );
  swap = types.submodule {
    _file = file;
    options = {
      device = mkOption { type = types.nonEmptyStr; };
      label = nullable types.str;
      size = nullable types.int;
      priority = nullable types.int;
      options = mkOption {
        type = types.listOf types.nonEmptyStr;
        default = [ "defaults" ];
      };
      randomEncryption = mkOption {
        type = types.either types.bool types.attrs;
        default = false;
      };
      discardPolicy = nullable (types.enum [ "once" "pages" "both" ]);
    };
  };
  grub = config.boot.loader.grub;
in
{
  options = {
    fileSystems = mkOption {
      type = types.attrsOf fileSystem;
      default = { };
    };
    swapDevices = mkOption {
      type = types.listOf swap;
      default = [ ];
    };
    zramSwap.enable = mkEnableOption "zram";
    zramSwap.memoryPercent = mkOption {
      type = types.int;
      default = 50;
    };
    boot = {
      isContainer = flag false;
      kernelPackages = mkOption {
        type = types.raw;
        default = pkgs.linuxPackages;
      };
      kernelParams = strings;
      kernelModules = strings;
      extraModulePackages = mkOption {
        type = types.listOf types.package;
        default = [ ];
      };
      extraModprobeConfig = lines;
      blacklistedKernelModules = strings;
      consoleLogLevel = mkOption {
        type = types.int;
        default = 4;
      };
      kernel.sysctl = mkOption {
        type = types.attrsOf (types.nullOr (types.oneOf [ types.bool types.str types.int ]));
        default = { };
      };
      supportedFilesystems = mkOption {
        type = types.coercedTo (types.listOf types.str) (names: lib.genAttrs names (_: true)) (types.attrsOf types.bool);
        default = { };
      };
      growPartition = flag false;
      tmp.useTmpfs = flag false;
      tmp.cleanOnBoot = flag false;
      tmp.tmpfsSize = mkOption {
        type = types.oneOf [ types.str types.ints.positive ];
        default = "50%";
      };
      initrd = {
        enable = flag true;
        availableKernelModules = strings;
        kernelModules = strings;
        supportedFilesystems = mkOption {
          type = types.coercedTo (types.listOf types.str) (names: lib.genAttrs names (_: true)) (types.attrsOf types.bool);
          default = { };
        };
        systemd.enable = flag false;
        verbose = flag true;
        includeDefaultModules = flag true;
        luks.devices = mkOption {
          type = types.attrsOf types.anything;
          default = { };
        };
        network.enable = flag false;
        network.ssh.enable = flag false;
        secrets = mkOption {
          type = types.attrsOf (types.nullOr (types.either types.str types.path));
          default = { };
        };
      };
      binfmt.emulatedSystems = strings;
      swraid.enable = flag false;
      swraid.mdadmConf = lines;
      zfs.extraPools = strings;
      zfs.forceImportRoot = flag true;
      loader = {
        timeout = mkOption {
          type = types.nullOr types.int;
          default = 5;
        };
        efi.canTouchEfiVariables = flag false;
        efi.efiSysMountPoint = mkOption {
          type = types.str;
          default = "/boot";
        };
        systemd-boot.enable = flag false;
        systemd-boot.editor = flag true;
        systemd-boot.configurationLimit = nullable types.int;
        systemd-boot.memtest86.enable = flag false;
        grub = {
          enable = mkOption {
            type = types.bool;
            default = !config.boot.isContainer;
          };
          device = mkOption {
            type = types.str;
            default = "";
          };
          devices = strings;
          efiSupport = flag false;
          efiInstallAsRemovable = flag false;
          useOSProber = flag false;
          configurationLimit = mkOption {
            type = types.int;
            default = 100;
          };
          enableCryptodisk = flag false;
          extraConfig = lines;
          extraEntries = lines;
          splashImage = nullable types.path;
          mirroredBoots = mkOption {
            type = types.listOf types.anything;
            default = [ ];
          };
          zfsSupport = flag false;
        };
        generic-extlinux-compatible.enable = flag false;
        external.enable = flag false;
        initScript.enable = flag false;
      };
    };
    hardware = {
      enableAllFirmware = flag false;
      enableRedistributableFirmware = flag false;
      cpu.intel.updateMicrocode = flag false;
      cpu.amd.updateMicrocode = flag false;
      firmware = mkOption {
        type = types.listOf types.package;
        default = [ ];
      };
      graphics.enable = flag false;
      bluetooth.enable = flag false;
    };
    powerManagement.enable = flag true;
    powerManagement.cpuFreqGovernor = nullable types.str;
  };

  config = {
    # The other boot loaders switch GRUB off.
    boot.loader.grub.enable = lib.mkIf (
      config.boot.loader.systemd-boot.enable || config.boot.loader.generic-extlinux-compatible.enable
    ) (lib.mkDefault false);
    assertions = [
      {
        assertion = config.boot.isContainer || lib.any (fs: fs.mountPoint == "/") (lib.attrValues config.fileSystems);
        message = "The ‘fileSystems’ option does not specify your root file system.";
      }
      {
        assertion = lib.all (fs: (builtins.tryEval fs.fsType).success) (lib.attrValues config.fileSystems);
        message = "A file system has no fsType, which NixOS 26.05 has no default for.";
      }
      {
        assertion = !grub.enable || grub.device != "" || grub.devices != [ ] || grub.mirroredBoots != [ ];
        message = "You must set the option ‘boot.loader.grub.devices’ or 'boot.loader.grub.mirroredBoots' to make the system bootable.";
      }
    ];
  };
}
