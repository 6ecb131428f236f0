/** JSON objects in running text. Pure. */

/** Characters looked at for each of the text: openings without an end are not searched forever. */
const mostLooks = 20;

/**
 * Holds a text a JSON object? An array alone is none: `see [1]` holds no JSON that anybody meant.
 * Null: it opens so many that it would take too long to tell.
 */
export function holdsObject(text: string): boolean | null {
  let looksLeft = mostLooks * text.length;
  for (let start = text.indexOf('{'); start !== -1; start = text.indexOf('{', start + 1)) {
    const end = endOfObject(text, start);
    looksLeft -= (end ?? text.length) - start;
    if (end !== null && isJson(text.slice(start, end))) return true;
    if (looksLeft < 0) return null;
  }
  return false;
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

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
