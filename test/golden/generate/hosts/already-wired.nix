{
  imports = [
    # promtail gave way to alloy
    ../../modules/alloy/default.nix
  ];
}
