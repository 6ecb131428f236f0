/** Keeps spreadsheets from running what stands in a cell (OWASP, "CSV Injection"). Pure. */

/** Blanks, line ends, controls and what has no looks of its own: a spreadsheet may skip it before it looks. */
const invisible = /^[\s\p{Cc}\p{Cf}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]+/u;
const isNumber = /^[+-]?(\d[\d.,' \u00a0\u202f]*|\.\d+)(e[+-]?\d+)?\s*%?$/i;
const isDate = /^[+-]?\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ][\d:.]+(Z|[+-]\d{2}:?\d{2})?)?$/;
const isPhone = /^\+\d[\d\s()./-]{3,}$/;
/** Without these a spreadsheet can call nothing. */
const isListItem = /^[+\-＋－]\s[^(|!（｜！]*$/;

/** What is between these in code is seen: letters, digits, punctuation. */
const lastBlank = 0x20;
const firstOdd = 0x7f;
const signs = new Set([...'=@+-'].map((sign) => sign.charCodeAt(0)));

/** The cell, with a leading apostrophe where a spreadsheet would run it. */
export function guarded(cell: string): string {
  return wouldRun(cell) ? `'${cell}` : cell;
}

function wouldRun(cell: string): boolean {
  const code = cell.charCodeAt(0);
  if (code > lastBlank && code < firstOdd && !signs.has(code)) return false; // Most cells: a letter, a digit.
  const text = cell.replace(invisible, '');
  const sign = text[0];
  if (sign === '=' || sign === '@' || sign === '＝' || sign === '＠') return true;
  if (sign !== '+' && sign !== '-' && sign !== '＋' && sign !== '－') return false;
  const value = text.trimEnd();
  return !(isNumber.test(value) || isDate.test(value) || isPhone.test(value) || isListItem.test(value));
}
