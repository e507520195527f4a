# The properties that modules wrap around definitions, and options themselves. They are plain tagged sets.
{ attrsets, strings }:
rec {
  mkIf = condition: content: {
    _type = "if";
    inherit condition content;
  };
  mkAssert =
    condition: message: content:
    mkIf (if condition then true else throw "\nFailed assertion: ${message}") content;
  mkMerge = contents: {
    _type = "merge";
    inherit contents;
  };
  # The definitions of the lowest number win.
  mkOverride = priority: content: {
    _type = "override";
    inherit priority content;
  };
  mkForce = mkOverride 50;
  mkVMOverride = mkOverride 10;
  mkImageMediaOverride = mkOverride 60;
  mkDefault = mkOverride 1000;
  mkOptionDefault = mkOverride 1500;
  defaultOverridePriority = 100;
  # Lists and lines are put together from low to high.
  mkOrder = priority: content: {
    _type = "order";
    inherit priority content;
  };
  mkBefore = mkOrder 500;
  mkAfter = mkOrder 1500;
  defaultOrderPriority = 1000;

  mkOption = attributes: attributes // { _type = "option"; };
  isOption = value: value._type or null == "option";
  isType = type: value: value._type or null == type;
  literalExpression = text: {
    _type = "literalExpression";
    inherit text;
  };
  literalMD = text: {
    _type = "literalMD";
    inherit text;
  };
  mdDoc = text: text;

  # `services.nginx.virtualHosts."example.com".root`
  showOption = path: builtins.concatStringsSep "." (map showPart path);
  showPart =
    part: if builtins.match "<.*>|\\*" part != null then part else strings.escapeNixIdentifier part;
  showFiles = files: builtins.concatStringsSep " and " (map (file: "`${file}'") files);

  fixupOptionType = _: option: option;
  setDefaultModuleLocation = file: module: {
    _file = file;
    imports = [ module ];
  };
  getValues = map (definition: definition.value);
  getFiles = map (definition: definition.file);
  mapAttrsOption = attrsets.mapAttrs;
}
