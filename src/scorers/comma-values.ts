/**
 * `a, "b, c", d` as its values, as promptfoo reads them: blanks around and empty ones aside; in quotes `""`, `\"` and
 * `\\` stand for a quote and a backslash. Null where a quote has no end, or something stands behind one. Pure.
 */
export function commaValues(text: string): string[] | null {
  const values: string[] = [];
  let at = 0;
  while (at < text.length) {
    if (/[\s,]/.test(text.charAt(at))) {
      at += 1;
      continue;
    }
    if (text.charAt(at) !== '"') {
      const comma = text.indexOf(',', at);
      const end = comma === -1 ? text.length : comma;
      values.push(text.slice(at, end).trim());
      at = end;
      continue;
    }
    const quoted = quotedAt(text, at);
    if (quoted === null) return null;
    values.push(quoted.value);
    at = quoted.end;
  }
  return values;
}

function quotedAt(text: string, start: number): { value: string; end: number } | null {
  let value = '';
  for (let at = start + 1; at < text.length; at += 1) {
    const pair = text.slice(at, at + 2);
    if (pair === '""' || pair === '\\"' || pair === '\\\\') {
      value += pair.charAt(1);
      at += 1;
    } else if (text.charAt(at) === '"') {
      const rest = /\s*(,|$)/y;
      rest.lastIndex = at + 1;
      return rest.test(text) ? { value, end: rest.lastIndex } : null;
    } else value += text.charAt(at);
  }
  return null;
}
