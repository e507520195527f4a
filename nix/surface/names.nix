# Every identifier in the Nix files of a directory.
#
# A package set and a library that cannot hold every name of nixpkgs still have to answer for any name that a file
# may ask of them; so they are given the names that the file's directory mentions. Links are not followed.
world:
let
  inherit (builtins)
    attrNames
    concatMap
    filter
    isString
    listToAttrs
    match
    split
    ;
  inherit (world) readDir readFile;

  nixFiles =
    directory:
    let
      entries = readDir directory;
    in
    concatMap (
      name:
      let
        path = directory + "/${name}";
      in
      if entries.${name} == "directory" then
        nixFiles path
      else if entries.${name} == "regular" && match ".*\\.nix" name != null then
        [ path ]
      else
        [ ]
    ) (attrNames entries);

  identifiers = text: filter (part: isString part && match "[a-zA-Z][a-zA-Z0-9_'-]*" part != null) (split "[^a-zA-Z0-9_'-]+" text);
in
directory:
attrNames (
  listToAttrs (
    map (name: {
      inherit name;
      value = null;
    }) (concatMap (path: identifiers (readFile path)) (nixFiles directory))
  )
)
