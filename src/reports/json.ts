import type { Summary } from '../summary-types.ts';
import { replaceHidden } from './terminal.ts';

/** The summary as JSON for people and programs. */
export function renderJson(summary: Summary): string {
  return `${shownJson(summary, 2)}\n`;
}

/** JSON with its hidden characters escaped: the same value, and a terminal obeys none of it. */
export function shownJson(value: unknown, indent?: number): string {
  return escapeHidden(JSON.stringify(value, null, indent));
}

/** The same of JSON that is text already. */
export const escapeHidden = (json: string): string => replaceHidden(json, escaped);

function escaped(codePoint: number): string {
  const units = String.fromCodePoint(codePoint).split('');
  return units.map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
}
