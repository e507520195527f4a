{
  imports = [
    ./utils/modules/alloy
    ./hardware-configuration.nix
  ];
}
