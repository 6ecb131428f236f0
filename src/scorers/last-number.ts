/** The number that an answer comes to: its last one. Pure. */

import { type Decimal, decimalOf } from './decimal.ts';

export interface FoundNumber {
  readonly value: Decimal;
  /** As it stands in the text. */
  readonly text: string;
}

/** Where an answer says which number it comes to: GSM8K's way. */
const marker = '####';

/** The last number of a text, or the one behind its last `####`; null where there is none. */
export function lastNumber(text: string): FoundNumber | null {
  const plain = text.replaceAll('{,}', ','); // LaTeX's comma between digits
  const at = plain.lastIndexOf(marker);
  const marked = at === -1 ? null : (numbersIn(lineAt(plain, at + marker.length)).next().value ?? null);
  if (marked !== null) return marked;
  let last: FoundNumber | null = null;
  for (const found of numbersIn(plain)) last = found;
  return last;
}

const lineAt = (text: string, start: number): string => /^[^\n]*/.exec(text.slice(start))?.[0] ?? '';

/** Digits in groups of three, by commas or narrow blanks; other commas part numbers. */
const size = String.raw`(?:\d{1,3}(?:[,\u00a0\u2009\u202f]\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+`;
/** `e3`, ` × 10^3`, ` \times 10^{-3}` */
const power = String.raw`[eE]([+-]?\d+)(?![\p{L}\d])|\s?(?:[x×·*]|\\times|\\cdot)\s?10(?:\^|\*\*)\{?([+−-]?\d+)`;
const pattern = new RegExp(`(${size})(?:${power})?`, 'gu');

function* numbersIn(text: string): Generator<FoundNumber, undefined> {
  for (const match of text.matchAll(pattern)) {
    const [whole, digits = '', exponent, powerOfTen] = match;
    if (isInsideWord(text, match.index)) continue;
    const written = digits.replace(/[^\d.]/g, '');
    const power = (exponent ?? powerOfTen ?? '0').replace('−', '-');
    const isNegative = isSigned(text, match.index);
    const value = decimalOf(`${isNegative ? '-' : ''}${written}e${power}`);
    if (value !== null) yield { value, text: `${isNegative ? '-' : ''}${whole}` };
  }
}

/** `H2O`, `GPT4`, and what is left of `1.2.3`. */
const isInsideWord = (text: string, at: number): boolean => /[\p{L}\d_]/u.test(text.charAt(at - 1));

const minus = /[-−–]/;

/** `-5`, `-$5`, `$-5`; a minus between two things is none: `10-12`, `COVID-19`. */
function isSigned(text: string, at: number): boolean {
  let before = at - 1;
  if (/[$€£¥]/.test(text.charAt(before))) before -= 1;
  if (text.charAt(before) === '\\') before -= 1;
  return minus.test(text.charAt(before)) && !/[\p{L}\d)\]}%]/u.test(text.charAt(before - 1));
}
