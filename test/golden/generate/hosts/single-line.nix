{ ... }: { imports = [ ./hardware-configuration.nix ./utils/modules/alloy ]; system.stateVersion = "24.05"; }
