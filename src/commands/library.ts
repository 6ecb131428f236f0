/** What a library's user calls: the commands, without a terminal and without touching `process`. */

import { Readable } from 'node:stream';
import { rememberedConfig } from '../config.ts';
import type { Config } from '../options.ts';
import { systemRuntime } from '../runtime.ts';
import type { Summary } from '../summary-types.ts';
import type { Io } from './io.ts';
import { loggedIo } from './logged.ts';
import { run } from './run.ts';

/** Options of `threadmill run`, by the names of `Config`: times in ms, lists as lists. What is left out has its default. */
export type RunOptions = Partial<Config>;

const silent = { write: () => true };

/** No terminal, no environment, no signals; relative paths start at `cwd`. */
export const libraryIo = (io: Partial<Io> = {}): Io => ({
  argv: [],
  cwd: '.',
  env: {},
  stdin: Readable.from([]),
  stdout: silent,
  stderr: silent,
  runtime: systemRuntime,
  onSignal: () => () => {},
  ...io,
});

/**
 * Does what `threadmill run` does, and gives the summary; null after a dry run.
 * @throws ConfigError, DatasetError, AgentError, SinkError, JournalError, LockedError: nothing was lost.
 */
export async function runDataset(
  dataset: string,
  options: RunOptions = {},
  io: Partial<Io> = {},
): Promise<Summary | null> {
  const config = { ...rememberedConfig({}), ...options };
  return run(dataset, config, await loggedIo(config, libraryIo(io)));
}
