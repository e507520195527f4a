{ pkgs, ... }:
{
  imports = [
    ./hardware-configuration.nix
    ./utils/modules/alloy
  ];
}
