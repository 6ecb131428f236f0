/** Keeps spreadsheets from running what stands in a cell (OWASP, "CSV Injection"). Pure. */

/** Blanks, line ends, controls and what has no looks of its own: a spreadsheet may skip it before it looks. */
const invisible = /^[\s\p{Cc}\p{Cf}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]+/u;
const isNumber = /^[+-]?(\d[\d.,' \u00a0\u202f]*|\.\d+)(e[+-]?\d+)?\s*%?$/i;
const isDate = /^[+-]?\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ][\d:.]+(Z|[+-]\d{2}:?\d{2})?)?$/;
const isPhone = /^\+\d[\d\s()./-]{3,}$/;
/** Without these a spreadsheet can call nothing. */
const isListItem = /^[+\-＋－]\s[^(|!（｜！]*$/;

/** The cell, with a leading apostrophe where a spreadsheet would run it. */
export function guarded(cell: string): string {
  return wouldRun(cell) ? `'${cell}` : cell;
}

function wouldRun(cell: string): boolean {
  const text = cell.replace(invisible, '');
  const sign = text[0];
  if (sign === '=' || sign === '@' || sign === '＝' || sign === '＠') return true;
  if (sign !== '+' && sign !== '-' && sign !== '＋' && sign !== '－') return false;
  const value = text.trimEnd();
  return !(isNumber.test(value) || isDate.test(value) || isPhone.test(value) || isListItem.test(value));
}
