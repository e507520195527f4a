{
  description = "fleet's scenarios as NixOS tests, on the example fleet";

  inputs = {
    nixos-25_11.url = "github:NixOS/nixpkgs/nixos-25.11";
    nixos-26_05.url = "github:NixOS/nixpkgs/nixos-26.05";
    sops-nix.url = "github:Mic92/sops-nix";
    sops-nix.inputs.nixpkgs.follows = "nixos-26_05";
  };

  outputs =
    {
      nixos-25_11,
      nixos-26_05,
      sops-nix,
      ...
    }:
    {
      checks.x86_64-linux = import ./nix/checks {
        nixpkgs = {
          "25.11" = nixos-25_11;
          "26.05" = nixos-26_05;
        };
        sops-nix = sops-nix.nixosModules.sops;
      };
    };
}
