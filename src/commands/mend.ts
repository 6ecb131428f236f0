/** `--mend`: goes on though a file of the batch was damaged, and names what is lost by it. */

import { basename } from 'node:path';
import { type LeftOut, type Mended, mendLines } from '../sinks/mend.ts';
import type { Io } from './io.ts';
import type { OwnPlace } from './open-batch.ts';
import { say } from './tell.ts';

/** @throws SinkError, JournalError, LockedError */
export async function mend({ files, lock }: OwnPlace, io: Io): Promise<void> {
  const stamp = io.runtime
    .date()
    .toISOString()
    .replace(/[-:]|\.\d+/g, '');
  for (const path of [files.journal, files.intents]) {
    const mended = await mendLines(path, stamp, lock);
    // A loss is no chatter: it is told to those too who want none.
    if (mended !== null) say(io, { quiet: false }, toldMended(basename(path), mended));
  }
}

const mostTold = 50;

/** What was left out of a file, for a person. Pure. */
export function toldMended(name: string, { keptAs, leftOut, cutBytes }: Mended): string {
  const lines =
    leftOut.length === 1 ? 'one line that was changed' : `${leftOut.length} lines that were changed`;
  const told = leftOut.slice(0, mostTold).map(toldLine).join('; ');
  const more = leftOut.length > mostTold ? `; and ${leftOut.length - mostTold} more` : '';
  const cut = cutBytes > 0 ? ` Its last line was not whole (${cutBytes} bytes) and was cut off.` : '';
  return `${name}: left out ${lines}: ${told}${more}.${cut} What has no record now is asked again, although it may have run. The damaged file is kept as ${basename(keptAs)}.`;
}

const toldLine = ({ line, names }: LeftOut): string =>
  `line ${line} (${names.length === 0 ? 'unreadable' : names.map((name) => JSON.stringify(name)).join(', ')})`;
