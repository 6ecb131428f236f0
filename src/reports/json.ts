import type { Summary } from '../types.ts';
import { replaceHidden } from './terminal.ts';

/** The summary as JSON for people and programs. Hidden characters are escaped: same values, and a terminal obeys none. */
export function renderJson(summary: Summary): string {
  return `${replaceHidden(JSON.stringify(summary, null, 2), escaped)}\n`;
}

function escaped(codePoint: number): string {
  const units = String.fromCodePoint(codePoint).split('');
  return units.map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
}
