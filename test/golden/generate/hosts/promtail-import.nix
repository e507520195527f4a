# Public web server.
{ ... }:
{
  imports = [
    ./hardware-configuration.nix
    ./utils/modules/alloy
  ];

  networking.hostName = "web";
  networking.firewall.allowedTCPPorts = [
    80
    443
  ];

  sops.defaultSopsFile = ./secrets.yaml;
  sops.age.sshKeyPaths = [ "/etc/ssh/ssh_host_ed25519_key" ];

  boot.loader.grub.device = "/dev/vda";

  services.openssh.enable = true;

  services.nginx = {
    enable = true;
    recommendedGzipSettings = true;
    recommendedTlsSettings = true;
    virtualHosts."www.example.com" = {
      forceSSL = true;
      enableACME = true;
      root = "/var/www";
    };
  };

  security.acme = {
    acceptTerms = true;
    defaults.email = "hostmaster@example.com";
  };

  system.stateVersion = "24.05";
}
