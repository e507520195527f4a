/** The words of Go's templates that are no function of the stage. */
const GO = `and break call continue define else end eq false ge gt html if in index js le len lt ne nil not or print printf
  println range block slice template true urlquery with`;

/** The functions that the template stage adds itself. */
const STAGE = `Hash Replace Sha2Hash ToLower ToUpper Trim TrimLeft TrimPrefix TrimRight TrimSpace TrimSuffix`;

/** The text functions of sprig 3. */
const SPRIG = `abbrev abbrevboth add add1 add1f addf adler32sum ago all any append atoi b32dec b32enc b64dec b64enc base
  bcrypt biggest buildCustomCert camelcase cat ceil chunk clean coalesce compact concat contains date dateInZone dateModify
  date_in_zone date_modify decryptAES deepCopy deepEqual default derivePassword dict dig dir div divf duration durationRound
  empty encryptAES env expandenv ext fail first float64 floor fromJson genCA genCAWithKey genPrivateKey genSelfSignedCert
  genSelfSignedCertWithKey genSignedCert genSignedCertWithKey get getHostByName has hasKey hasPrefix hasSuffix hello htmlDate
  htmlDateInZone htpasswd indent initial initials int int64 isAbs join kebabcase keys kindIs kindOf last list lower max maxf
  merge mergeOverwrite min minf mod mul mulf mustAppend mustChunk mustCompact mustDateModify mustDeepCopy mustFirst
  mustFromJson mustHas mustInitial mustLast mustMerge mustMergeOverwrite mustPrepend mustPush mustRegexFind mustRegexFindAll
  mustRegexMatch mustRegexReplaceAll mustRegexReplaceAllLiteral mustRegexSplit mustRest mustReverse mustSlice mustToDate
  mustToJson mustToPrettyJson mustToRawJson mustUniq mustWithout must_date_modify nindent nospace now omit osBase osClean osDir
  osExt osIsAbs pick pluck plural prepend push quote randAlpha randAlphaNum randAscii randBytes randInt randNumeric regexFind
  regexFindAll regexMatch regexQuoteMeta regexReplaceAll regexReplaceAllLiteral regexSplit repeat replace rest reverse round
  semver semverCompare seq set sha1sum sha256sum sha512sum shuffle slice snakecase sortAlpha split splitList splitn squote sub
  subf substr swapcase ternary title toDate toDecimal toJson toPrettyJson toRawJson toString toStrings trim trimAll trimPrefix
  trimSuffix trimall trunc tuple typeIs typeIsLike typeOf uniq unixEpoch unset until untilStep untitle upper urlJoin urlParse
  uuidv4 values without wrap wrapWith`;

const KNOWN: ReadonlySet<string> = new Set([GO, STAGE, SPRIG].flatMap((names) => names.split(/\s+/)));

/**
 * Why the template stage cannot take a Go template, as far as it can be told from the words in it: an action
 * that does not end, or a function that does not exist. Undefined when neither is the case.
 */
export function templateError(template: string): string | undefined {
  for (let at = template.indexOf("{{"); at !== -1; at = template.indexOf("{{", at)) {
    const action =
      /^\{\{(?:"(?:\\.|[^"\\\n])*"|`[^`]*`|'(?:\\.|[^'\\\n])*'|\/\*[^]*?\*\/|(?!\}\}|["`']|\/\*)[^])*\}\}/.exec(
        template.slice(at),
      )?.[0];
    if (action === undefined) return "an action that begins with {{ does not end";
    const bare = action.replace(/"(?:\\.|[^"\\])*"|`[^`]*`|'(?:\\.|[^'\\])*'|\/\*[^]*?\*\//g, " ");
    const unknown = [...bare.matchAll(/(?<![.$\w\p{L}])[\p{L}_][\p{L}\p{Nd}_]*/gu)]
      .map(([word]) => word)
      .find((word) => !KNOWN.has(word));
    if (unknown !== undefined) return `there is no function ${JSON.stringify(unknown)}`;
    at += action.length;
  }
  return undefined;
}
