# Mail exchanger of example.com.
{ ... }:
{
  imports = [
    ./hardware-configuration.nix
    ./utils/modules/promtail
  ];

  networking.hostName = "mail";
  networking.domain = "example.com";
  networking.firewall.allowedTCPPorts = [
    25
    465
    993
  ];

  sops.defaultSopsFile = ./secrets.yaml;
  sops.age.sshKeyPaths = [ "/etc/ssh/ssh_host_ed25519_key" ];

  boot.loader.grub.device = "/dev/vda";

  services.openssh.enable = true;

  services.postfix.enable = true;

  services.dovecot2 = {
    enable = true;
    enableImap = true;
  };

  services.fail2ban.enable = true;

  system.stateVersion = "24.11";
}
