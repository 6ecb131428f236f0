/** A command in the test's own process, for what needs no process: many times as quick. */

import { parseArguments } from '../../src/commands/arguments.ts';
import { runCommand } from '../../src/commands/command.ts';
import type { Io } from '../../src/commands/io.ts';
import { libraryIo } from '../../src/commands/library.ts';

export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** @throws What the command throws: `cli.ts` alone makes an exit code of it. */
export async function command(cwd: string, argv: readonly string[], io: Partial<Io> = {}): Promise<Said> {
  let stdout = '';
  let stderr = '';
  const { command: name, target, flags } = parseArguments(argv);
  const code = await runCommand(
    name,
    target,
    flags,
    libraryIo({
      argv,
      cwd,
      stdout: { write: (text) => (stdout += text) },
      stderr: { write: (text) => (stderr += text) },
      ...io,
    }),
  );
  return { code, stdout, stderr };
}
