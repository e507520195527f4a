# system.*, nixpkgs.*, documentation, time, locale, and the lists of assertions and warnings.
{ config, lib, pkgs, release, ... }:
let
  inherit (lib) mkOption types;
  flag = default: mkOption { type = types.bool; inherit default; };
  nullable = type: mkOption {
    type = types.nullOr type;
    default = null;
  };
  strings = mkOption {
    type = types.listOf types.str;
    default = [ ];
  };
  string = default: mkOption { type = types.str; inherit default; };
  platform = mkOption {
    type = types.either types.str types.attrs;
    default = "x86_64-linux";
  };
in
{
  options = {
    assertions = mkOption {
      type = types.listOf types.unspecified;
      default = [ ];
    };
    warnings = strings;
    meta = mkOption {
      type = types.attrs;
      default = { };
    };

    system = {
      stateVersion = string release;
      name = string config.networking.hostName;
      nixos = {
        release = mkOption {
          readOnly = true;
          type = types.str;
          default = release;
        };
        version = string release;
        versionSuffix = string "";
        label = string release;
        tags = strings;
        codeName = string "";
        revision = nullable types.str;
        distroId = string "nixos";
        distroName = string "NixOS";
        vendorId = string "nixos";
        vendorName = string "NixOS";
        variant_id = nullable types.str;
        variantName = nullable types.str;
        extraOSReleaseArgs = mkOption {
          type = types.attrsOf types.str;
          default = { };
        };
        extraLSBReleaseArgs = mkOption {
          type = types.attrsOf types.str;
          default = { };
        };
      };
      configurationRevision = nullable types.str;
      copySystemConfiguration = flag false;
      activationScripts = mkOption {
        type = types.attrsOf types.anything;
        default = { };
      };
      autoUpgrade = {
        enable = flag false;
        allowReboot = flag false;
        channel = nullable types.str;
        dates = string "04:40";
        flags = strings;
        flake = nullable types.str;
        operation = mkOption {
          type = types.enum [ "switch" "boot" ];
          default = "switch";
        };
        persistent = flag true;
        randomizedDelaySec = string "0";
      };
      build = mkOption {
        type = types.lazyAttrsOf types.unspecified;
        default = { };
      };
      extraDependencies = mkOption {
        type = types.listOf types.pathInStore;
        default = [ ];
      };
    };

    nixpkgs = {
      hostPlatform = platform;
      buildPlatform = platform;
      system = string "x86_64-linux";
      config = mkOption {
        type = types.anything;
        default = { };
      };
      overlays = mkOption {
        type = types.listOf types.raw;
        default = [ ];
      };
    };

    time.timeZone = nullable types.str;
    time.hardwareClockInLocalTime = flag false;
    i18n.defaultLocale = string "en_US.UTF-8";
    i18n.supportedLocales = strings;
    i18n.extraLocaleSettings = mkOption {
      type = types.attrsOf types.str;
      default = { };
    };
    console.keyMap = mkOption {
      type = types.either types.str types.path;
      default = "us";
    };
    console.font = nullable (types.either types.str types.path);
    console.enable = flag true;
    console.useXkbConfig = flag false;

    documentation.enable = flag true;
    documentation.doc.enable = flag true;
    documentation.info.enable = flag true;
    documentation.man.enable = flag true;
    documentation.man.generateCaches = flag false;
    documentation.dev.enable = flag false;
    documentation.nixos.enable = flag true;

    virtualisation.docker.enable = flag false;
    virtualisation.podman.enable = flag false;
    virtualisation.podman.dockerCompat = flag false;
    virtualisation.libvirtd.enable = flag false;
    virtualisation.oci-containers.backend = mkOption {
      type = types.enum [ "podman" "docker" ];
      default = "podman";
    };
    virtualisation.oci-containers.containers = mkOption {
      type = types.attrsOf types.anything;
      default = { };
    };
    containers = mkOption {
      type = types.attrsOf types.anything;
      default = { };
    };
  };

}
