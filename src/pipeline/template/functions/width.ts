import { byteLength, sliceBytes, toUtf8 } from "../../bytes.ts";

/*
 * sprig's functions that make texts fit a width. They count bytes and cut through characters, as goutils does.
 */

/** At most `width` bytes, the last three of them dots where something was cut off; widths below 4 change nothing. */
export function abbreviate(width: number, text: string): string {
  return width < 4 || byteLength(text) <= width ? text : `${sliceBytes(text, 0, width - 3)}...`;
}

/** The same with up to `left` bytes cut off at the front too. */
export function abbreviateBoth(left: number, right: number, text: string): string {
  const length = byteLength(text);
  if (right < 4 || (left > 0 && right < 7) || length <= right) return text;
  const offset = length - Math.min(left, length) < right - 3 ? length - (right - 3) : left;
  if (offset <= 4) return abbreviate(right, text);
  // Else there is nothing: the error of goutils is swallowed.
  if (right < 7) return "";
  if (offset + right - 3 < length) return `...${abbreviate(right - 3, sliceBytes(text, offset))}`;
  return `...${sliceBytes(text, length - (right - 3))}`;
}

/** The text without white space; where there is some, the other bytes become one character each. */
export function withoutSpace(text: string): string {
  const bytes = Buffer.from(toUtf8(text)).toString("latin1");
  const rest = bytes.replace(/[\t-\r \u0085\u00a0]/g, "");
  return rest === bytes ? text : rest;
}

/** Lines of at most `width` bytes, broken at spaces with `separator`; longer words are broken only when `hard`. */
export function wrap(width: number, text: string, separator = "\n", hard = false): string {
  const [limit, newLine] = [Math.max(1, width), separator === "" ? "\n" : separator];
  const bytes = Buffer.from(toUtf8(text));
  const length = bytes.length;
  const parts: string[] = [];
  const slice = (from: number, to?: number): string => sliceBytes(text, from, to);
  let at = 0;
  while (length - at > limit) {
    if (bytes[at] === SPACE) {
      at += 1;
      continue;
    }
    const last = bytes.subarray(at, at + limit + 1).lastIndexOf(SPACE);
    if (last !== -1) {
      parts.push(slice(at, at + last));
      at += last + 1;
      continue;
    }
    const next = hard ? -1 : bytes.indexOf(SPACE, at + limit);
    if (hard) {
      parts.push(slice(at, at + limit));
      at += limit;
    } else if (next === -1) {
      break;
    } else {
      parts.push(slice(at, next));
      at = next + 1;
    }
  }
  return [...parts, slice(at)].join(newLine);
}

const SPACE = 0x20;
