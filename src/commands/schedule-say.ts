/** Lines for people who read them the day after: each with its time. */

import { visible } from '../reports/terminal.ts';
import type { Io } from './io.ts';

export function sayAt(io: Io, text: string): void {
  const time = `${io.runtime.date().toISOString().slice(0, 19)}Z`;
  if (io.log === undefined) io.stderr.write(`${time} ${visible(text)}\n`);
  else io.log.write('info', 'told', { message: text }); // which has a time of its own
}
