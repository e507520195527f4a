# Modules that stand in for options that are gone or have moved.
{ attrsets, lists, properties, types }:
let
  inherit (attrsets) attrByPath getAttrFromPath setAttrByPath;
  inherit (properties) mkIf mkMerge mkOption mkOverride showFiles showOption;

  # `from` goes on as a hidden option whose definitions land on `to`, with their priority.
  forward =
    {
      from,
      to,
      visible,
      warn,
      condition ? true,
    }:
    { config, options, ... }:
    let
      old = getAttrFromPath from options;
      type = attrByPath (to ++ [ "type" ]) null options;
    in
    {
      _file = toString ./renames.nix;
      options = setAttrByPath from (
        mkOption {
          inherit visible;
          description = "Alias of {option}`${showOption to}`.";
          apply = _: getAttrFromPath to config;
        }
        // (if type == null then { } else { inherit type; })
      );
      config = mkIf condition (mkMerge [
        {
          warnings = lists.optional (warn && old.isDefined)
            "The option `${showOption from}' defined in ${showFiles old.files} has been renamed to `${showOption to}'.";
        }
        (setAttrByPath to (mkIf old.isDefined (mkOverride old.highestPrio (mkMerge old.definitions))))
      ]);
    };
in
{
  /*
    An option that has no effect any more. A definition of it fails an assertion with `reason`; the assertion also
    carries the places of the definitions, for tools.
  */
  mkRemovedOptionModule =
    from: reason:
    { options, ... }:
    let
      old = getAttrFromPath from options;
    in
    {
      _file = toString ./renames.nix;
      options = setAttrByPath from (mkOption {
        visible = false;
        type = types.anything;
        apply = _: throw "The option `${showOption from}' can no longer be used since it's been removed. ${reason}";
      });
      config.assertions = [
        {
          assertion = !old.isDefined;
          message = "The option definition `${showOption from}' in ${showFiles old.files} no longer has any effect; please remove it.\n${reason}\n";
          places = if old.isDefined then old.places else [ ];
        }
      ];
    };

  mkRenamedOptionModule =
    from: to:
    forward {
      inherit from to;
      visible = false;
      warn = true;
    };
  mkRenamedOptionModuleWith =
    {
      from,
      to,
      sinceRelease,
    }:
    forward {
      inherit from to;
      visible = false;
      warn = true;
    };
  mkAliasOptionModule =
    from: to:
    forward {
      inherit from to;
      visible = true;
      warn = false;
    };
  doRename = arguments: forward (removeAttrs arguments [ "use" "withPriority" ]);
}
