# Mail: services.postfix, services.dovecot2, services.rspamd
{ lib, ... }:
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
  keyed = mkOption {
    type = types.attrsOf types.anything;
    default = { };
  };
in
{
  options.services = {
    postfix = {
      enable = flag false;
      enableSmtp = flag true;
      enableSubmission = flag false;
      enableSubmissions = flag false;
      setSendmail = flag true;
      user = string "postfix";
      group = string "postfix";
      postmasterAlias = string "root";
      rootAlias = string "";
      extraAliases = lines;
      aliasMapType = string "hash";
      virtual = lines;
      virtualMapType = string "hash";
      transport = lines;
      canonical = lines;
      headerChecks = mkOption {
        type = types.listOf types.anything;
        default = [ ];
      };
      enableHeaderChecks = flag false;
      extraMasterConf = lines;
      mapFiles = mkOption {
        type = types.attrsOf types.path;
        default = { };
      };
      aliasFiles = mkOption {
        type = types.attrsOf types.path;
        default = { };
      };
      masterConfig = keyed;
      submissionOptions = keyed;
      submissionsOptions = keyed;
      settings.main = keyed;
      settings.master = keyed;
      tlsTrustedAuthorities = string "/etc/ssl/certs/ca-certificates.crt";
      localRecipients = nullable (types.listOf types.str);
    };
    dovecot2 = {
      enable = flag false;
      enableImap = flag true;
      enablePop3 = flag false;
      enableLmtp = flag false;
      enablePAM = flag true;
      enableQuota = flag false;
      enableDHE = flag true;
      protocols = strings;
      user = string "dovecot2";
      group = string "dovecot2";
      mailUser = nullable types.str;
      mailGroup = nullable types.str;
      createMailUser = flag true;
      mailLocation = string "maildir:/var/spool/mail/%u";
      mailboxes = keyed;
      mailPlugins = keyed;
      pluginSettings = keyed;
      sieve = keyed;
      sslCACert = nullable types.str;
      sslServerCert = nullable types.str;
      sslServerKey = nullable types.str;
      configFile = nullable types.path;
      extraConfig = lines;
      showPAMFailure = flag false;
    };
    rspamd.enable = flag false;
    rspamd.extraConfig = lines;
    rspamd.locals = keyed;
    rspamd.overrides = keyed;
    rspamd.workers = keyed;
  };
}
