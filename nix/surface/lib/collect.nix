# Loading: modules as users write them, paths, functions and sets, become { file; options; config; }.
#
# isNixosModule: path -> bool
#   Whether a module file that is not there is one of NixOS's own, which an embedded surface need not have.
#
# isCovered: path -> bool
#   Whether a module file declares what the surface declares itself, and so is left out.
#
# world: the builtins that look at files
{
  isCovered,
  isNixosModule,
  world,
  definitions,
  lists,
  properties,
  trivial,
}:
let
  inherit (builtins)
    addErrorContext
    attrNames
    concatMap
    elem
    filter
    isAttrs
    mapAttrs
    unsafeGetAttrPos
    ;
  inherit (definitions) placeOf;

  /*
    Loads modules and, recursively, what they import; each file once.

    Out: { modules = [ { file; options; config; } ]; problems; unverified; }
  */
  collect =
    modules: arguments:
    let
      root = {
        file = "<the modules of the host>";
        pos = null;
      };
      found = builtins.genericClosure {
        startSet = lists.imap0 (index: load arguments root "root:${toString index}") modules;
        operator =
          module:
          lists.imap0 (
            index: load arguments { inherit (module) file; pos = module.importsAt; } "${module.key}:${toString index}"
          ) module.imports;
      };
      disabled = concatMap (module: module.disabled) found;
    in
    {
      modules = filter (module: module.usable && !elem module.key (map toString disabled)) found;
      problems = concatMap (module: module.problems) found;
      unverified = concatMap (module: module.unverified) found;
    };

  nothing = {
    usable = false;
    imports = [ ];
    importsAt = null;
    disabled = [ ];
    problems = [ ];
    unverified = [ ];
  };

  # One module as { key; file; imports; options; config; ... }. `importer` is { file; pos; } of who asks for it.
  load =
    arguments: importer: anonymousKey: module:
    if builtins.isPath module || builtins.isString module then
      loadFile arguments importer module
    else
      structure arguments importer.file anonymousKey importer module;

  loadFile =
    arguments: importer: path:
    let
      # A directory stands for its default.nix.
      inside = toString path + "/default.nix";
      file = if world.pathExists inside then inside else toString path;
      given = nothing // {
        key = file;
        inherit file;
      };
    in
    if isCovered file then
      given
    else if world.pathExists path then
      structure arguments file file importer (world.import path)
    else if isNixosModule file then
      given
      // {
        unverified = [
          {
            option = "imports: ${file}";
            place = placeOf importer;
          }
        ];
      }
    else
      given
      // {
        problems = [
          {
            kind = "missing-import";
            message = "The module `${file}' does not exist.";
            option = file;
            places = [ (placeOf importer) ];
          }
        ];
      };

  structure =
    arguments: file: key: importer: module:
    let
      called = addErrorContext "while evaluating the module at ${file}" (
        if trivial.isFunction module then call arguments file module else module
      );
      ownFile = called._file or file;
      explicit = called ? config || called ? options;
      keywords = [
        "_class"
        "_file"
        "disabledModules"
        "freeformType"
        "imports"
        "key"
        "require"
        "meta"
      ];
      stray = filter (name: !elem name (keywords ++ [ "config" "options" ])) (attrNames called);
      freeform = if called ? freeformType then [ { _module.freeformType = called.freeformType; } ] else [ ];
      own = if explicit then called.config or { } else removeAttrs called keywords;
      strayProblem = name: {
        kind = "stray-attribute";
        option = name;
        places = [
          (placeOf {
            file = ownFile;
            pos = unsafeGetAttrPos name called;
          })
        ];
        message = "Module `${ownFile}' has an unsupported attribute `${name}'. This is caused by introducing a top-level `config' or `options' attribute. Add configuration attributes immediately on the top level instead, or move all of them (namely: ${toString stray}) into the explicit `config' attribute.";
      };
    in
    if !isAttrs called then
      nothing
      // {
        inherit key file;
        problems = [
          {
            kind = "not-a-module";
            option = file;
            places = [ (placeOf importer) ];
            message = "Expected a module, but found a value of type ${builtins.typeOf called}: `${file}'.";
          }
        ];
      }
    else
      nothing
      // {
        usable = true;
        key = called.key or key;
        file = ownFile;
        imports = called.imports or [ ] ++ called.require or [ ];
        importsAt = unsafeGetAttrPos (if called ? imports then "imports" else "require") called;
        disabled = filter builtins.isPath (called.disabledModules or [ ]);
        options = called.options or { };
        config = if freeform == [ ] then own else properties.mkMerge (freeform ++ [ own ]);
        problems = if explicit then map strayProblem stray else [ ];
        # A name such as "services/web.nix" means a file of NixOS, which is not here to be left out.
        unverified = map (name: {
          option = "disabledModules: ${name}";
          place = placeOf {
            file = ownFile;
            pos = unsafeGetAttrPos "disabledModules" called;
          };
        }) (filter builtins.isString (called.disabledModules or [ ]));
      };

  # A module function applied to the arguments it names; those that are not special come from _module.args.
  call =
    { argumentsOf, inherited, given }: file: function:
    let
      special = given // argumentsOf file;
      named = mapAttrs (
        name: _: addErrorContext "while evaluating the module argument `${name}'" (special.${name} or inherited.${name})
      ) (trivial.functionArgs function);
    in
    function (named // special);
in
{
  inherit collect;
}
