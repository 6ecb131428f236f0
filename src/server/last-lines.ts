/** What a child process prints, line by line. */

import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';

const kept = 20;

/**
 * The last lines of both its streams, in order of arrival; each is also written to `log` as it comes.
 * @param clean Takes out of a line what nobody is to see. Default: nothing.
 */
export function keepLastLines(
  child: ChildProcess,
  log: Writable | undefined,
  clean: (line: string) => string = (line) => line,
): readonly string[] {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (raw) => {
      const line = clean(stripVTControlCharacters(raw));
      log?.write(`${line}\n`);
      lines.push(line);
      if (lines.length > kept) lines.shift();
    });
  }
  return lines;
}
