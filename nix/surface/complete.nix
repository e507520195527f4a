# Option sets that ./options declares in full, in every release that it knows. An option below one of these that
# is not declared does not exist in NixOS; elsewhere it may, and is left unverified. "*" stands for any name.
[
  [ "services" "alloy" ]
  [ "services" "promtail" ]
  [ "services" "fstrim" ]
  [ "environment" "etc" "*" ]
  [ "system" "nixos" ]
  [ "time" ]
]
