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

/** Where the text ends that begins with the quote at `start`. */
function endOfText(json: string, start: number): number {
  for (let at = start + 1; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (code === quote) return at;
    if (code === backslash) at += 1;
  }
  return json.length;
}
