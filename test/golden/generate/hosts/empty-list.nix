{
  imports = [ ./utils/modules/alloy ];
}
