/** The first release whose standard library has namespaces. */
export const NAMESPACES_SINCE = "1.5";

/** The functions and values of the standard library by namespace. */
const NAMESPACES: Readonly<Record<string, readonly string[]>> = {
  constants: ["hostname", "os", "arch"],
  sys: ["env"],
  convert: ["nonsensitive"],
  array: ["concat", "combine_maps", "group_by"],
  encoding: [
    "from_json",
    "from_yaml",
    "from_base64",
    "from_URLbase64",
    "to_json",
    "to_base64",
    "to_URLbase64",
    "url_encode",
    "url_decode",
  ],
  string: [
    "format",
    "join",
    "replace",
    "split",
    "to_lower",
    "to_upper",
    "trim",
    "trim_prefix",
    "trim_suffix",
    "trim_space",
  ],
  file: ["path_join"],
};

/** Functions without a namespace; where they have a newer name, that. */
const BARE: Readonly<Record<string, string | undefined>> = {
  coalesce: undefined,
  json_path: undefined,
  env: "sys.env",
  nonsensitive: "convert.nonsensitive",
  concat: "array.concat",
  json_decode: "encoding.from_json",
  yaml_decode: "encoding.from_yaml",
  base64_decode: "encoding.from_base64",
  format: "string.format",
  join: "string.join",
  replace: "string.replace",
  split: "string.split",
  to_lower: "string.to_lower",
  to_upper: "string.to_upper",
  trim: "string.trim",
  trim_prefix: "string.trim_prefix",
  trim_suffix: "string.trim_suffix",
  trim_space: "string.trim_space",
};

export type StdlibEntry =
  | { kind: "current" }
  | { kind: "deprecated"; newName: string }
  | { kind: "unknown"; members: readonly string[] };

/** What a path is in the standard library; undefined when its first part is no name of it. */
export function lookUpStdlib(path: readonly string[]): StdlibEntry | undefined {
  const [first = "", second] = path;
  const members = Object.hasOwn(NAMESPACES, first) ? NAMESPACES[first] : undefined;
  if (members !== undefined) {
    return second === undefined || members.includes(second)
      ? { kind: "current" }
      : { kind: "unknown", members };
  }
  if (!Object.hasOwn(BARE, first)) return undefined;
  const newName = BARE[first];
  return newName === undefined ? { kind: "current" } : { kind: "deprecated", newName };
}
