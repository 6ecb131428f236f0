/**
 * How deep JSON may be nested. `JSON.parse` reads any depth and `JSON.stringify` overflows the stack at some four
 * thousand levels, so that a value which could be read would end the whole batch where it is written.
 */

export const mostNested = 1_000;

const quote = 34;
const backslash = 92;

/** Has a JSON text more objects and arrays within each other than may be? Of a text that is no JSON: likely not. */
export function isNestedTooDeep(json: string): boolean {
  if (json.length <= mostNested) return false;
  let depth = 0;
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (code === quote) at = endOfText(json, at);
    // { and [ differ by one bit, as do } and ].
    else if ((code & 0xdf) === 0x5b) {
      depth += 1;
      if (depth > mostNested) return true;
    } else if ((code & 0xdf) === 0x5d) depth -= 1;
  }
  return false;
}

/** Where the text ends that begins with the quote at `start`: by leaps, for an answer's text may have a million characters. */
function endOfText(json: string, start: number): number {
  let end = json.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(json, end)) end = json.indexOf('"', end + 1);
  return end === -1 ? json.length : end;
}

/** Stands an odd number of backslashes before it? */
function isEscaped(json: string, at: number): boolean {
  let before = at - 1;
  while (json.charCodeAt(before) === backslash) before -= 1;
  return (at - before) % 2 === 0;
}
