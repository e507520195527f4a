# File server of the house: Samba shares, snapshots and backups.
{ config, pkgs, ... }:
{
  imports = [
    ./hardware-configuration.nix
    ./utils/modules/alloy
  ];

  networking.hostName = "nas";
  networking.firewall.allowedTCPPorts = [ 445 ];

  sops.defaultSopsFile = ./secrets.yaml;
  sops.age.sshKeyPaths = [ "/etc/ssh/ssh_host_ed25519_key" ];

  boot.loader.systemd-boot.enable = true;
  boot.loader.efi.canTouchEfiVariables = true;

  time.timeZone = "Europe/Vienna";

  services.openssh.enable = true;
  services.openssh.settings.PasswordAuthentication = false;

  services.avahi = {
    enable = true;
    nssmdns4 = true;
    publish.enable = true;
  };

  services.samba = {
    enable = true;
    settings = {
      global.security = "user";
      media = {
        path = "/srv/data/media";
        "read only" = "yes";
      };
    };
  };

  services.smartd.enable = true;

  users.users.admin = {
    isNormalUser = true;
    extraGroups = [ "wheel" ];
  };

  environment.systemPackages = with pkgs; [
    btrfs-progs
    smartmontools
  ];

  system.stateVersion = "23.11";
}
