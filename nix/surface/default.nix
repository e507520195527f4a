/*
  The embedded option surface: what of NixOS a host can be evaluated with where no nixpkgs is to be had.

  In: the release ("25.11"), and the builtins that look at files, which ../gate/world.nix has watched.
  Out: { evaluate; knows; lib; }.
    evaluate modules   evaluates NixOS modules with the options in ./options and gives
                       { config; options; problems; unverified; files; }; see lib/modules.nix. What the surface does
                       not know is listed as unverified, and is never an error.
    knows host path    whether the absence of `path` from the config of an evaluated host is certain: it lies in the
                       value of an option, or in an option set that is complete.
*/
{
  release,
  world ? builtins,
}:
let
  here = toString ./.;
  optionsDirectory = "${here}/options/";
  renames = "${here}/lib/renames.nix";
  modulesPath = ./nixos-modules;
  complete = import ./complete.nix;

  lib = import ./lib {
    inherit isClosed world;
    # The real sops-nix, from wherever a host has it: ./options/sops.nix stands for it.
    isCovered = file: builtins.match ".*/[^/]*sops-nix[^/]*/modules/sops(/.*)?|/nix/store/[^/]*-source/modules/sops(/.*)?" file != null;
    isNixosModule = lib.hasPrefix (toString modulesPath);
  };

  # A pattern of complete.nix against a path: equal part by part up to the pattern's end, "*" being any part.
  matches =
    pattern: path:
    builtins.length pattern <= builtins.length path
    && builtins.all (pair: pair.fst == "*" || pair.fst == pair.snd) (lib.zipLists pattern path);

  identifiersOf = import ./names.nix world;
  libraryFor = import ./library.nix { inherit lib; };
  packagesFor = import ./packages.nix { inherit lib release; };

  scopeOf = names: {
    lib = libraryFor names;
    pkgs = packagesFor names;
  };
  ownScope = scopeOf (identifiersOf ./options) // {
    inherit lib release;
  };

  # lib and pkgs for one module file; the surface's own modules also know the release.
  argumentsOf =
    file:
    if lib.hasPrefix optionsDirectory file then
      ownScope
    else
      scopeOf (if lib.hasPrefix "/" file then identifiersOf (dirOf file) else [ ]);

  areas = map (name: ./options + "/${name}") (builtins.attrNames (builtins.readDir ./options));

  isClosed =
    path: files:
    builtins.any (known: matches known path) complete
    || builtins.all (file: !(lib.hasPrefix optionsDirectory file || file == renames)) files;

  knowsBelow =
    prefix: set: path:
    let
      name = builtins.head path;
    in
    lib.isOption set
    || path == [ ]
    || (
      if set ? ${name} then
        knowsBelow (prefix ++ [ name ]) set.${name} (builtins.tail path)
      else
        isClosed prefix (lib.concatMap (option: option.declarations) (lib.collect lib.isOption set))
    );
in
{
  inherit lib;
  knows = host: knowsBelow [ ] host.options;
  evaluate =
    modules:
    lib.evaluateModules {
      modules = modules ++ areas;
      specialArgs = {
        modulesPath = toString modulesPath;
      };
      inherit argumentsOf;
    };
}
