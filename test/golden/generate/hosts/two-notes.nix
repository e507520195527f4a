{
  imports = [
    # hardware first
    ./hardware-configuration.nix # after promtail was dropped

    ./utils/modules/alloy

    # the rest
    ./b.nix
  ];
}
