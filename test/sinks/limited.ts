import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const appending = fileURLToPath(new URL('./appending.mjs', import.meta.url));

/**
 * Appends lines in a process whose files may grow to this size and no further: a write that goes over it is cut
 * short, and the next one fails, as on a full disk. Gives what the process told of each line.
 */
export async function appendUpTo(kilobytes: number, path: string): Promise<Told[]> {
  const child = spawn(
    'bash',
    ['-c', `ulimit -f ${kilobytes}; exec "$0" "$@"`, process.execPath, appending, path],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (more: string) => {
    text += more;
  });
  await once(child, 'close');
  return JSON.parse(text) as Told[];
}

export interface Told {
  readonly status: 'fulfilled' | 'rejected';
  readonly value?: number;
  /** Name and message. */
  readonly reason?: string;
}
