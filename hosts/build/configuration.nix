# Build machine and binary cache.
{ config, pkgs, ... }:
{
  imports = [
    ./hardware-configuration.nix
    ./utils/modules/promtail
  ];

  networking.hostName = "build";
  networking.firewall.allowedTCPPorts = [ 5000 ];

  sops.defaultSopsFile = ./secrets.yaml;
  sops.age.sshKeyPaths = [ "/etc/ssh/ssh_host_ed25519_key" ];

  boot.loader.systemd-boot.enable = true;

  services.openssh.enable = true;

  nix.settings = {
    experimental-features = [
      "nix-command"
      "flakes"
    ];
    max-jobs = 8;
    trusted-users = [ "@wheel" ];
  };
  nix.gc = {
    automatic = true;
    dates = "weekly";
    options = "--delete-older-than 30d";
  };

  services.nix-serve = {
    enable = true;
    secretKeyFile = config.sops.secrets.cache-key.path;
  };
  sops.secrets.cache-key = { };

  environment.systemPackages = [ pkgs.git ];

  system.stateVersion = "25.05";
}
