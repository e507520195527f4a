{
  imports = [
    ./utils/modules/alloy # the shared one
    ./promtail
  ];
}
