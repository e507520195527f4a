# systemd.*: units as options, and systemd.units.<name>.text as NixOS renders them.
{ config, lib, pkgs, ... }:
let
  inherit (lib) concatMapStrings mkOption optional optionalAttrs optionalString types;
  file = toString ./systemd.nix;

  flag = default: mkOption { type = types.bool; inherit default; };
  text = mkOption {
    type = types.lines;
    default = "";
  };
  names = mkOption {
    type = types.listOf types.str;
    default = [ ];
  };
  files = mkOption {
    type = types.listOf types.unspecified;
    default = [ ];
  };

  # A setting of a unit; a list stands for one line an element. Two definitions of a list are joined.
  unitValue = types.nullOr (types.oneOf [ types.bool types.int types.float types.str types.path types.package ]);
  section = mkOption {
    type = types.attrsOf (types.either unitValue (types.listOf unitValue));
    default = { };
  };

  common = {
    enable = flag true;
    description = mkOption {
      type = types.singleLineStr;
      default = "";
    };
    documentation = names;
    after = names;
    before = names;
    wants = names;
    requires = names;
    requisite = names;
    bindsTo = names;
    partOf = names;
    conflicts = names;
    upholds = names;
    onFailure = names;
    onSuccess = names;
    wantedBy = names;
    requiredBy = names;
    upheldBy = names;
    aliases = names;
    unitConfig = section;
    overrideStrategy = mkOption {
      type = types.enum [ "asDropinIfExists" "asDropin" ];
      default = "asDropinIfExists";
    };
    startLimitBurst = mkOption { type = types.int; };
    startLimitIntervalSec = mkOption { type = types.int; };
    restartTriggers = files;
    reloadTriggers = files;
  };

  unitOf = extra: mkOption {
    type = types.attrsOf (types.submodule { _file = file; options = common // extra; });
    default = { };
  };

  service = {
    serviceConfig = section;
    environment = mkOption {
      type = types.attrsOf (types.nullOr (types.oneOf [ types.str types.path types.package ]));
      default = { };
    };
    path = mkOption {
      type = types.listOf (types.oneOf [ types.package types.str ]);
      default = [ ];
    };
    script = text;
    scriptArgs = mkOption {
      type = types.str;
      default = "";
    };
    preStart = text;
    postStart = text;
    reload = text;
    preStop = text;
    postStop = text;
    restartIfChanged = flag true;
    reloadIfChanged = flag false;
    stopIfChanged = flag true;
    notSocketActivated = flag false;
    confinement.enable = flag false;
    jobScripts = names;
    startAt = mkOption {
      type = types.coercedTo types.str lib.singleton (types.listOf types.str);
      default = [ ];
    };
  };

  value = setting: if setting == true then "true" else if setting == false then "false" else toString setting;
  line = key: setting: if setting == null then "" else "${key}=${value setting}\n";
  lines = key: setting: if builtins.isList setting then concatMapStrings (line key) setting else line key setting;
  body = settings: lib.concatStrings (lib.mapAttrsToList lines settings);
  render = title: settings: "[${title}]\n${body settings}";

  # What of NixOS's options becomes lines of [Unit].
  unitSection =
    name: unit:
    let
      triggers = kind: files: builtins.filter (trigger: trigger != null) files;
      triggerFile = kind: files: "${pkgs.writeText "X-${kind}-Triggers-${name}" (lib.concatMapStringsSep " " toString files)}";
      list = key: values: optionalAttrs (values != [ ]) { ${key} = toString values; };
      reload = triggers "Reload" unit.reloadTriggers;
      restart = triggers "Restart" unit.restartTriggers;
    in
    list "Requires" unit.requires
    // list "Wants" unit.wants
    // list "After" unit.after
    // list "Before" unit.before
    // list "BindsTo" unit.bindsTo
    // list "PartOf" unit.partOf
    // list "Conflicts" unit.conflicts
    // list "Requisite" unit.requisite
    // list "OnFailure" unit.onFailure
    // list "OnSuccess" unit.onSuccess
    // list "Documentation" unit.documentation
    // optionalAttrs (unit.description != "") { Description = unit.description; }
    // optionalAttrs (restart != [ ]) { X-Restart-Triggers = triggerFile "Restart" restart; }
    // optionalAttrs (reload != [ ]) { X-Reload-Triggers = triggerFile "Reload" reload; }
    // unit.unitConfig;

  installSection =
    unit:
    optionalAttrs (unit.wantedBy != [ ]) { WantedBy = toString unit.wantedBy; }
    // optionalAttrs (unit.requiredBy != [ ]) { RequiredBy = toString unit.requiredBy; };
  install = unit: optionalString (installSection unit != { }) "\n${render "Install" (installSection unit)}";

  serviceText =
    name: unit:
    let
      script = phase: content: toString (pkgs.writeShellScript "unit-script-${name}-${phase}" content);
      set = lib.filterAttrs (_: setting: setting != null) (config.systemd.globalEnvironment // unit.environment);
      # These come before the settings, which are in alphabetical order.
      head =
        concatMapStrings (key: "Environment=${builtins.toJSON "${key}=${toString set.${key}}"}\n") (builtins.attrNames set)
        + (
          if unit.reloadIfChanged then
            "X-ReloadIfChanged=true\n"
          else
            optionalString (!unit.restartIfChanged) "X-RestartIfChanged=false\n"
        )
        + optionalString (!unit.stopIfChanged) "X-StopIfChanged=false\n"
        + optionalString unit.notSocketActivated "X-NotSocketActivated=true\n";
      settings =
        optionalAttrs (unit.script != "") { ExecStart = "${script "start" unit.script} ${unit.scriptArgs}"; }
        // optionalAttrs (unit.preStart != "") { ExecStartPre = [ (script "pre-start" unit.preStart) ]; }
        // optionalAttrs (unit.postStart != "") { ExecStartPost = [ (script "post-start" unit.postStart) ]; }
        // optionalAttrs (unit.reload != "") { ExecReload = script "reload" unit.reload; }
        // optionalAttrs (unit.preStop != "") { ExecStop = script "pre-stop" unit.preStop; }
        // optionalAttrs (unit.postStop != "") { ExecStopPost = [ (script "post-stop" unit.postStop) ]; }
        // unit.serviceConfig;
    in
    render "Unit" (unitSection name unit) + "\n[Service]\n" + head + body settings + install unit;

  otherText =
    title: configOf: name: unit:
    render "Unit" (unitSection name unit) + optionalString (title != null) ("\n" + render title (configOf unit)) + install unit;

  units =
    suffix: render: set:
    lib.mapAttrs' (name: unit: lib.nameValuePair "${name}.${suffix}" { inherit (unit) enable; text = render name unit; }) set;
in
{
  options.systemd = {
    services = unitOf service;
    sockets = unitOf {
      socketConfig = section;
      listenStreams = names;
      listenDatagrams = names;
    };
    timers = unitOf { timerConfig = section; };
    paths = unitOf { pathConfig = section; };
    targets = unitOf { };
    slices = unitOf { sliceConfig = section; };
    mounts = mkOption {
      type = types.listOf types.attrs;
      default = [ ];
    };
    automounts = mkOption {
      type = types.listOf types.attrs;
      default = [ ];
    };
    user.services = unitOf service;
    user.timers = unitOf { timerConfig = section; };
    network.enable = flag false;
    network.networks = mkOption {
      type = types.attrsOf types.anything;
      default = { };
    };
    network.netdevs = mkOption {
      type = types.attrsOf types.anything;
      default = { };
    };
    network.links = mkOption {
      type = types.attrsOf types.anything;
      default = { };
    };
    network.wait-online.enable = flag true;
    network.wait-online.anyInterface = flag false;
    tmpfiles.rules = names;
    tmpfiles.settings = mkOption {
      type = types.attrsOf types.anything;
      default = { };
    };
    packages = mkOption {
      type = types.listOf types.package;
      default = [ ];
    };
    units = mkOption {
      type = types.attrsOf (types.submodule {
        _file = file;
        options = {
          enable = flag true;
          text = mkOption {
            type = types.nullOr types.str;
            default = null;
          };
        };
      });
      default = { };
    };
    coredump.enable = flag true;
    enableEmergencyMode = flag true;
    oomd.enable = flag true;
    ctrlAltDelUnit = mkOption {
      type = types.str;
      default = "reboot.target";
    };
    defaultUnit = mkOption {
      type = types.str;
      default = "multi-user.target";
    };
    globalEnvironment = mkOption {
      type = types.attrsOf (types.nullOr (types.oneOf [ types.str types.path types.package ]));
      default = { };
    };
    watchdog.device = mkOption {
      type = types.nullOr types.path;
      default = null;
    };
    watchdog.runtimeTime = mkOption {
      type = types.nullOr types.str;
      default = null;
    };
    watchdog.rebootTime = mkOption {
      type = types.nullOr types.str;
      default = null;
    };
  };

  config.systemd = {
    units =
      units "service" serviceText config.systemd.services
      // units "timer" (otherText "Timer" (unit: unit.timerConfig)) config.systemd.timers
      // units "path" (otherText "Path" (unit: unit.pathConfig)) config.systemd.paths
      // units "target" (otherText null (_: { })) config.systemd.targets
      // units "socket" (otherText "Socket" (
        unit:
        unit.socketConfig
        // optionalAttrs (unit.listenStreams != [ ]) { ListenStream = unit.listenStreams; }
        // optionalAttrs (unit.listenDatagrams != [ ]) { ListenDatagram = unit.listenDatagrams; }
      )) config.systemd.sockets;
    timers = lib.mapAttrs (_: unit: {
      wantedBy = [ "timers.target" ];
      timerConfig.OnCalendar = unit.startAt;
    }) (lib.filterAttrs (_: unit: unit.enable && unit.startAt != [ ]) config.systemd.services);
  };
}
