# networking.*
{ config, lib, release, ... }:
let
  inherit (lib) mkOption types;
  file = toString ./networking.nix;
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
  record = options: types.submodule { _file = file; inherit options; };

  ports = mkOption {
    type = types.listOf types.port;
    default = [ ];
  };
  portRanges = mkOption {
    type = types.listOf (types.attrsOf types.port);
    default = [ ];
  };
  openPorts = {
    allowedTCPPorts = ports;
    allowedUDPPorts = ports;
    allowedTCPPortRanges = portRanges;
    allowedUDPPortRanges = portRanges;
  };

  addresses = bits: mkOption {
    type = types.listOf (record {
      address = mkOption { type = types.str; };
      prefixLength = mkOption { type = types.addCheck types.int (length: length >= 0 && length <= bits); };
    });
    default = [ ];
  };
  routes = mkOption {
    type = types.listOf (record {
      address = mkOption { type = types.str; };
      prefixLength = mkOption { type = types.int; };
      via = nullable types.str;
      type = nullable types.str;
      options = mkOption {
        type = types.attrsOf types.str;
        default = { };
      };
    });
    default = [ ];
  };
  interface = types.submodule (
    { name, ... }:
    {
      _file = file;
      options = {
        name = mkOption {
          type = types.str;
          default = name;
        };
        useDHCP = nullable types.bool;
        ipv4.addresses = addresses 32;
        ipv4.routes = routes;
        ipv6.addresses = addresses 128;
        ipv6.routes = routes;
        macAddress = nullable types.str;
        mtu = nullable types.int;
        virtual = flag false;
        wakeOnLan.enable = flag false;
        tempAddress = nullable types.str;
        proxyARP = flag false;
      };
    }
  );
  gateway = mkOption {
    type = types.nullOr (
      types.coercedTo types.str (address: { inherit address; }) (record {
        address = mkOption { type = types.str; };
        interface = nullable types.str;
        metric = nullable types.int;
        source = nullable types.str;
      })
    );
    default = null;
  };
  keyed = mkOption {
    type = types.attrsOf types.anything;
    default = { };
  };
in
{
  options.networking = {
    hostName = mkOption {
      type = types.strMatching "^$|^[[:alnum:]]([[:alnum:]_-]{0,61}[[:alnum:]])?$";
      default = "nixos";
    };
    hostId = nullable types.str;
    domain = nullable types.str;
    fqdn = mkOption {
      type = types.str;
      default =
        if config.networking.domain == null then
          throw "The FQDN is required but cannot be determined. Please make sure that both networking.hostName and networking.domain are set."
        else
          "${config.networking.hostName}.${config.networking.domain}";
    };
    search = strings;
    nameservers = strings;
    timeServers = strings;
    useDHCP = flag true;
    useNetworkd = flag false;
    usePredictableInterfaceNames = flag true;
    useHostResolvConf = flag false;
    enableIPv6 = flag true;
    tempAddresses = mkOption {
      type = types.enum [ "default" "enabled" "disabled" ];
      default = "default";
    };
    hosts = mkOption {
      type = types.attrsOf (types.listOf types.str);
      default = { };
    };
    extraHosts = lines;
    interfaces = mkOption {
      type = types.attrsOf interface;
      default = { };
    };
    bridges = keyed;
    bonds = keyed;
    vlans = keyed;
    macvlans = keyed;
    sits = keyed;
    defaultGateway = gateway;
    defaultGateway6 = gateway;
    localCommands = lines;
    resolvconf.enable = flag true;
    dhcpcd.enable = flag true;
    dhcpcd.extraConfig = lines;
    networkmanager.enable = flag false;
    wireless.enable = flag false;
    nftables.enable = flag false;
    nftables.ruleset = lines;
    nftables.tables = keyed;
    wg-quick.interfaces = keyed;
    wireguard.enable = flag false;
    wireguard.interfaces = keyed;
    firewall = openPorts // {
      enable = flag true;
      allowPing = flag true;
      pingLimit = nullable types.str;
      logRefusedConnections = flag (lib.versionOlder release "26.05");
      logRefusedPackets = flag false;
      logRefusedUnicastsOnly = flag true;
      logReversePathDrops = flag false;
      rejectPackets = flag false;
      checkReversePath = mkOption {
        type = types.either types.bool (types.enum [ "strict" "loose" ]);
        default = true;
      };
      filterForward = flag false;
      trustedInterfaces = strings;
      interfaces = mkOption {
        type = types.attrsOf (record openPorts);
        default = { };
      };
      extraCommands = lines;
      extraStopCommands = lines;
      extraInputRules = lines;
      extraForwardRules = lines;
      extraReversePathFilterRules = lines;
      extraPackages = mkOption {
        type = types.listOf types.package;
        default = [ ];
      };
      connectionTrackingModules = strings;
      autoLoadConntrackHelpers = flag false;
    };
    nat = {
      enable = flag false;
      enableIPv6 = flag false;
      internalInterfaces = strings;
      internalIPs = strings;
      internalIPv6s = strings;
      externalInterface = nullable types.str;
      externalIP = nullable types.str;
      externalIPv6 = nullable types.str;
      dmzHost = nullable types.str;
      extraCommands = lines;
      extraStopCommands = lines;
      forwardPorts = mkOption {
        type = types.listOf (record {
          sourcePort = mkOption { type = types.either types.int types.str; };
          destination = mkOption { type = types.str; };
          proto = mkOption {
            type = types.str;
            default = "tcp";
          };
          loopbackIPs = strings;
        });
        default = [ ];
      };
    };
  };
}
