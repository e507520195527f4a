import { stageFunctions } from "./functions/index.ts";
import { parseTemplate } from "./parser.ts";
import { TemplateError } from "./value.ts";

/** Functions that Alloy's templates have and this engine does not run: chance, network, keys, and rarely met ones. */
const ELSEWHERE: ReadonlySet<string> = new Set(
  `abbrevboth b32dec b32enc bcrypt buildCustomCert call camelcase decryptAES deepCopy derivePassword encryptAES
  expandenv genCA genCAWithKey genPrivateKey genSelfSignedCert genSelfSignedCertWithKey genSignedCert
  genSignedCertWithKey getHostByName hello htpasswd kebabcase mustChunk mustDeepCopy mustMerge mustMergeOverwrite
  mustRegexFindAll mustRegexSplit mustSlice mustToPrettyJson mustWithout must_date_modify osBase osClean osDir osExt
  osIsAbs randAlpha randAlphaNum randAscii randBytes randInt randNumeric semver semverCompare shuffle snakecase
  urlJoin urlParse uuidv4 wrap wrapWith`.split(/\s+/),
);

/**
 * What is wrong with the template of a stage: it cannot be parsed, or calls a function that Alloy does not have.
 * Undefined when Alloy would accept it, also where this engine could not run it.
 */
export function templateError(source: string): string | undefined {
  const functions = stageFunctions({}, () => 0n);
  const isFunction = (name: string): boolean =>
    Object.hasOwn(functions, name) || ELSEWHERE.has(name) || name === "and" || name === "or";
  try {
    parseTemplate(source, isFunction);
    return undefined;
  } catch (caught) {
    if (caught instanceof TemplateError) return caught.message;
    throw caught;
  }
}
