/** `--log json`: what people would read on stderr, as lines that programs read. */

import type { Config } from '../options.ts';
import { escapeHidden } from '../reports/json.ts';
import type { Log } from '../telemetry/log.ts';
import type { Io } from './io.ts';

/** The same world, in which stderr gets JSON alone; as it was with `--log text`. */
export async function loggedIo(
  { log: form, logContents, verbose, quiet }: Pick<Config, 'log' | 'logContents' | 'verbose' | 'quiet'>,
  io: Io,
): Promise<Io> {
  if (form === 'text' || io.log !== undefined) return io;
  const { createLog } = await import('../telemetry/log.ts');
  const log = createLog(
    {
      write: (line) => io.stderr.write(escapeHidden(line)),
      level: quiet ? 'error' : verbose ? 'debug' : 'info',
      hasContents: logContents,
    },
    io.runtime,
  );
  return { ...io, log, stderr: { write: (text) => tellLines(log, text) } };
}

function tellLines(log: Log, text: string): void {
  const message = text.trim().replaceAll(/\s*\n\s*/g, ' ');
  if (message !== '') log.write('info', 'told', { message });
}
