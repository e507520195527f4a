# The modules that a channel adds to its hosts, from how the manifest names them:
#   /absolute/path or a path in the repository   (made absolute by the caller)
#   <sops-nix/modules/sops>                      looked up in NIX_PATH
#   github:Mic92/sops-nix#nixosModules.sops      a flake; without #..., its nixosModules.default
references:
let
  inherit (builtins)
    elemAt
    filter
    findFile
    foldl'
    getFlake
    isString
    match
    nixPath
    split
    ;
  fromReference =
    reference:
    let
      searched = match "<(.*)>" reference;
      flake = match "([^#]*:[^#]*)(#(.*))?" reference;
      attribute = if elemAt flake 2 == null then "nixosModules.default" else elemAt flake 2;
    in
    if searched != null then
      findFile nixPath (elemAt searched 0)
    else if flake != null then
      foldl' (set: name: set.${name}) (getFlake (elemAt flake 0)) (filter isString (split "\\." attribute))
    else
      reference;
in
map fromReference references
