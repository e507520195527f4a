# A host with nothing but the options by which the Alloy module is given its password and its flags.
{
  boot.isContainer = true;
  nixpkgs.hostPlatform = "x86_64-linux";
  services.alloy.environmentFile = "/run/secrets/alloy-env";
  services.alloy.extraFlags = [ "--disable-reporting" ];
  system.stateVersion = "25.11";
}
