/** Lines for people who read them the day after: each with its time. */

import { visible } from '../reports/terminal.ts';
import type { Io } from './io.ts';

export function sayAt(io: Io, text: string): void {
  const time = io.runtime.date().toISOString().slice(0, 19);
  io.stderr.write(`${time}Z ${visible(text)}\n`);
}
