/** A command in the test's own process, for what needs no process: many times as quick. */

import { Readable } from 'node:stream';
import { commandLine } from '../../src/commands/command.ts';
import { libraryIo } from '../../src/commands/library.ts';
import type { Ended, RunningOptions } from './threadmill.ts';

/** As the command line does it, but for `--help` and `--version`. */
export async function command(
  cwd: string,
  argv: readonly string[],
  { env = {}, stdin = '', columns }: RunningOptions = {},
): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  const code = await commandLine(
    libraryIo({
      argv,
      cwd,
      env,
      stdin: Readable.from([Buffer.from(stdin)]),
      stdout: { write: (text) => (stdout += text), columns },
      stderr: { write: (text) => (stderr += text) },
    }),
  );
  return { code, stdout, stderr };
}
