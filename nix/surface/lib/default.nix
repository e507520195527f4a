# The functions of nixpkgs' lib that host files use, and the module evaluator. What is not here is missing on
# purpose: see ../names.nix for how a use of it is told from a misspelling.
{
  isClosed ? _: _: true,
  isCovered ? _: false,
  isNixosModule ? _: false,
  world ? builtins,
}:
let
  trivial = import ./trivial.nix { inherit world; };
  lists = import ./lists.nix { inherit trivial; };
  attrsets = import ./attrsets.nix { inherit lists; };
  strings = import ./strings.nix { inherit lists trivial world; };
  properties = import ./properties.nix { inherit attrsets strings; };
  spelling = import ./spelling.nix { inherit lists; };
  modules = import ./modules.nix {
    library = self;
    inherit isClosed isCovered isNixosModule world attrsets lists properties spelling strings trivial;
  };
  types = import ./types.nix { inherit attrsets lists modules properties strings trivial; };
  renames = import ./renames.nix { inherit attrsets lists properties types; };
  generators = import ./generators.nix { inherit attrsets strings trivial; };

  options = {
    inherit (properties)
      isOption
      literalExpression
      literalMD
      mdDoc
      mkOption
      showFiles
      showOption
      ;
    mkEnableOption =
      what:
      properties.mkOption {
        default = false;
        example = true;
        description = "Whether to enable ${what}.";
        type = types.bool;
      };
    mkPackageOption =
      pkgs: name:
      {
        nullable ? false,
        default ? name,
        example ? null,
        extraDescription ? "",
        pkgsText ? "pkgs",
      }:
      properties.mkOption {
        type = if nullable then types.nullOr types.package else types.package;
        default = if default == null then null else attrsets.getAttrFromPath (lists.toList default) pkgs;
        description = "The ${strings.concatStringsSep "." (lists.toList name)} package to use. ${extraDescription}";
      };
    mkPackageOptionMD = options.mkPackageOption;
    mkSinkUndeclaredOptions = attributes: properties.mkOption ({ type = types.unspecified; apply = _: throw "Option value is not readable because the option is not declared."; } // attributes);
  };
  moduleFunctions = {
    inherit (properties)
      mkAfter
      mkAssert
      mkBefore
      mkDefault
      mkForce
      mkIf
      mkImageMediaOverride
      mkMerge
      mkOptionDefault
      mkOrder
      mkOverride
      mkVMOverride
      setDefaultModuleLocation
      ;
    inherit (renames)
      doRename
      mkAliasOptionModule
      mkRemovedOptionModule
      mkRenamedOptionModule
      mkRenamedOptionModuleWith
      ;
  };
  self =
trivial
// lists
// attrsets
// removeAttrs strings [ "show" "showDepth" ]
// options
// moduleFunctions
// {
  inherit attrsets generators lists options trivial types;
  inherit (modules) evaluateModules;
  strings = removeAttrs strings [ "show" "showDepth" ];
  modules = moduleFunctions;
  inherit (properties) isType;
};
in
self
