/** Sections of text for a terminal: what they are made of. */

import type { Palette } from './terminal.ts';
import { fill } from './width.ts';

export interface Page {
  readonly width: number;
  readonly paint: Palette;
}

export function section(title: string, lines: readonly string[], { paint }: Page): string[] {
  return lines.length === 0 ? [] : [paint.bold(title), ...lines];
}

/** A name, then pieces that are never broken, going on under each other where one line is too short. */
export function labelled(name: string, pieces: readonly string[], { width }: Page): string[] {
  const [first, ...others] = fill(pieces, width - 15);
  return first === undefined ? [] : [`  ${name.padEnd(12)} ${first}`, ...indented(others, 15)];
}

export function indented(lines: readonly string[], columns: number): string[] {
  return lines.map((line) => `${' '.repeat(columns)}${line}`);
}
