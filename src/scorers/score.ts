/** Scores as scorers give them, and the texts they compare. */

import type { Json, Score, UnscoredRecord } from '../types.ts';

export const passed = (): Score => ({ value: 1, reason: null });
export const failed = (reason: string): Score => ({ value: 0, reason });
export const notScored = (reason: string): Score => ({ value: null, reason });

export const passedIf = (isPassed: boolean, reason: () => string): Score =>
  isPassed ? passed() : failed(reason());

/** Partial credit. @param value 0 to 1 */
export const partly = (value: number, reason: string): Score => (value === 1 ? passed() : { value, reason });

/** The answer's text; an agent that succeeded without a word answered nothing. */
export const answerOf = ({ response }: UnscoredRecord): string => response ?? '';

const mostShown = 120;

/** A text for a reason: in quotes, on one line, shortened. */
export function shown(text: string): string {
  if (text.trim() === '') return 'nothing';
  if (text.length <= mostShown) return JSON.stringify(text);
  return `${JSON.stringify(beginningOf(text))}… (${text.length} characters)`;
}

/** JSON for a reason, as it is written, shortened. */
export function shownJson(value: Json): string {
  const text = JSON.stringify(value);
  return text.length <= mostShown ? text : `${beginningOf(text)}…`;
}

/** Copied, so that a reason that is kept does not keep a long answer in memory. */
function beginningOf(text: string): string {
  const isPairCut = /[\uD800-\uDBFF]/.test(text.charAt(mostShown - 1));
  return Buffer.from(text.slice(0, mostShown - (isPairCut ? 1 : 0)), 'utf16le').toString('utf16le');
}

/** Its end, where that is what was looked at. */
export function shownEnd(text: string): string {
  if (text.length <= mostShown) return shown(text);
  const isPairCut = /[\uDC00-\uDFFF]/.test(text.charAt(text.length - mostShown));
  const end = Buffer.from(text.slice(text.length - mostShown + (isPairCut ? 1 : 0)), 'utf16le');
  return `…${JSON.stringify(end.toString('utf16le'))} (${text.length} characters)`;
}

const mostListed = 5;

/** Texts for a reason, the first few of many. */
export function shownList(texts: readonly string[]): string {
  const first = texts.slice(0, mostListed).map(shown).join(', ');
  return texts.length > mostListed ? `${first} and ${texts.length - mostListed} more` : first;
}
