# What nixos-generate-config imports for machines whose hardware it could not name.
{ lib, ... }:
{
  hardware.enableRedistributableFirmware = lib.mkDefault true;
}
