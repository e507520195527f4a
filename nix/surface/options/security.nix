# security.*
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  file = toString ./security.nix;
  flag = default: mkOption { type = types.bool; inherit default; };
  nullable = type: mkOption {
    type = types.nullOr type;
    default = null;
  };
  strings = mkOption {
    type = types.listOf types.str;
    default = [ ];
  };
  lines = mkOption {
    type = types.lines;
    default = "";
  };
  keyed = mkOption {
    type = types.attrsOf types.anything;
    default = { };
  };

  certificateDefaults = {
    email = nullable types.str;
    server = nullable types.str;
    dnsProvider = nullable types.str;
    dnsResolver = nullable types.str;
    credentialsFile = nullable types.path;
    environmentFile = nullable types.path;
    credentialFiles = mkOption {
      type = types.attrsOf types.path;
      default = { };
    };
    group = mkOption {
      type = types.str;
      default = "acme";
    };
    webroot = nullable types.str;
    keyType = mkOption {
      type = types.str;
      default = "ec256";
    };
    reloadServices = strings;
    postRun = lines;
    extraLegoFlags = strings;
    extraLegoRunFlags = strings;
    extraLegoRenewFlags = strings;
    dnsPropagationCheck = flag true;
    renewInterval = mkOption {
      type = types.str;
      default = "daily";
    };
    validMinDays = mkOption {
      type = types.int;
      default = 30;
    };
    ocspMustStaple = flag false;
    enableDebugLogs = flag true;
  };
  certificate = types.submodule (
    { name, ... }:
    {
      _file = file;
      options = certificateDefaults // {
        domain = mkOption {
          type = types.str;
          default = name;
        };
        extraDomainNames = strings;
        directory = mkOption {
          type = types.str;
          default = "/var/lib/acme/${name}";
        };
      };
    }
  );
in
{
  options.security = {
    acme = {
      acceptTerms = flag false;
      defaults = mkOption {
        type = types.submodule {
          _file = file;
          options = certificateDefaults;
        };
        default = { };
      };
      certs = mkOption {
        type = types.attrsOf certificate;
        default = { };
      };
      useRoot = flag false;
    };
    sudo.enable = flag true;
    sudo.wheelNeedsPassword = flag true;
    sudo.execWheelOnly = flag false;
    sudo.extraConfig = lines;
    sudo.extraRules = mkOption {
      type = types.listOf types.anything;
      default = [ ];
    };
    sudo-rs.enable = flag false;
    doas.enable = flag false;
    polkit.enable = flag false;
    polkit.extraConfig = lines;
    rtkit.enable = flag false;
    apparmor.enable = flag false;
    auditd.enable = flag false;
    audit.enable = flag false;
    audit.rules = strings;
    protectKernelImage = flag false;
    lockKernelModules = flag false;
    allowUserNamespaces = flag true;
    forcePageTableIsolation = flag false;
    pki.certificates = strings;
    pki.certificateFiles = mkOption {
      type = types.listOf types.path;
      default = [ ];
    };
    pam.services = keyed;
    pam.loginLimits = mkOption {
      type = types.listOf types.anything;
      default = [ ];
    };
    wrappers = keyed;
    tpm2.enable = flag false;
  };

  config.assertions =
    let
      acme = config.security.acme;
      addressed = lib.all (cert: cert.email != null || acme.defaults.email != null) (lib.attrValues acme.certs);
    in
    lib.optionals (acme.certs != { }) [
      {
        assertion = acme.acceptTerms;
        message = "You must accept the CA's terms of service before using the ACME module by setting `security.acme.acceptTerms` to `true`. For Let's Encrypt's ToS see https://letsencrypt.org/repository/";
      }
      {
        assertion = addressed;
        message = "You must define `security.acme.certs.<name>.email` or `security.acme.defaults.email` to register with the CA.";
      }
    ];
}
