# Gateway: routes between the house, the servers and the internet.
{ lib, ... }:
let
  lan = "enp2s0";
  wan = "enp1s0";
in
{
  imports = [
    ./hardware-configuration.nix
    ./utils/modules/promtail
  ];

  networking.hostName = "gw";
  networking.useDHCP = false;
  networking.interfaces.${wan}.useDHCP = true;
  networking.interfaces.${lan}.ipv4.addresses = [
    {
      address = "192.168.10.1";
      prefixLength = 24;
    }
  ];
  networking.nat = {
    enable = true;
    externalInterface = wan;
    internalInterfaces = [ lan ];
  };
  networking.firewall.interfaces.${lan} = {
    allowedTCPPorts = [ 53 ];
    allowedUDPPorts = [
      53
      67
    ];
  };

  sops.defaultSopsFile = ./secrets.yaml;
  sops.age.sshKeyPaths = [ "/etc/ssh/ssh_host_ed25519_key" ];

  boot.loader.grub.device = "/dev/sda";
  boot.kernel.sysctl."net.ipv4.conf.all.forwarding" = lib.mkDefault true;

  services.openssh.enable = true;

  services.dnsmasq = {
    enable = true;
    settings = {
      interface = lan;
      dhcp-range = [ "192.168.10.100,192.168.10.200,12h" ];
    };
  };

  system.stateVersion = "23.05";
}
