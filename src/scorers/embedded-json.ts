/** JSON objects in running text. Pure. */

import { parseJson } from '../json.ts';
import type { Json } from '../types.ts';

/** Characters looked at for each of the text: openings without an end are not searched forever. */
const mostLooks = 20;

/**
 * Holds a text a JSON object that fits? An array alone is none: `see [1]` holds no JSON that anybody meant. Of objects within each
 * other the outermost is looked at.
 * Null: it opens so many that it would take too long to tell, or one that nobody can tell of.
 */
export function holdsObject(text: string, fits: (object: Json) => boolean | null): boolean | null {
  let isUnknown = false;
  let looksLeft = mostLooks * text.length;
  for (let start = text.indexOf('{'); start !== -1; start = text.indexOf('{', start + 1)) {
    const end = endOfObject(text, start);
    looksLeft -= (end ?? text.length) - start;
    const object = end === null ? undefined : parseJson(text.slice(start, end));
    if (end !== null && object !== undefined) {
      const isFitting = fits(object);
      if (isFitting) return true;
      isUnknown ||= isFitting === null;
      start = end - 1;
    }
    if (looksLeft < 0) return null;
  }
  return isUnknown ? null : false;
}

/** Behind the brace that closes it, its texts passed over; null where none does. */
function endOfObject(text: string, start: number): number | null {
  let depth = 0;
  let isText = false;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (isText) {
      if (character === '\\') at += 1;
      else if (character === '"') isText = false;
    } else if (character === '"') isText = true;
    else if (character === '{') depth += 1;
    else if (character === '}') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return null;
}
