/**
 * The built command without a process of its own: for thousands of starts, of which each takes some ms and not half a
 * second. What it does is the same; what `cli.js` adds is reading the arguments and setting the exit code.
 */

import { join } from 'node:path';
import { Readable } from 'node:stream';
import { root } from './program.mjs';

const exitCodes = {
  ConfigError: 2,
  DatasetError: 2,
  SinkError: 3,
  LockedError: 3,
  JournalError: 4,
};

/** @returns A function that runs `threadmill run` with flags, and gives its exit code and all it said. */
export async function commandInProcess(cwd) {
  const [{ run }, { resolveConfig }, { systemRuntime }] = await Promise.all(
    ['commands/run.js', 'config.js', 'runtime.js'].map((name) => import(join(root, 'dist', name))),
  );
  return async (dataset, flags) => {
    let said = '';
    const terminal = {
      write: (text) => {
        said += text;
      },
    };
    const io = {
      argv: [],
      cwd,
      env: {},
      stdin: Readable.from([]),
      stdout: terminal,
      stderr: terminal,
      runtime: systemRuntime,
      onSignal: () => () => {},
    };
    try {
      const config = resolveConfig('run', { flags, env: {}, dotenv: {}, file: null });
      const summary = await run(dataset, config, io);
      return { code: summary?.verdict.exit_code ?? 0, said };
    } catch (error) {
      const code = exitCodes[error.name] ?? error.exitCode;
      if (code === undefined) throw error;
      return { code, said: `${said}${error.message}` };
    }
  };
}
