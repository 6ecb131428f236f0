/** `threadmill answer`: resumes runs that wait for a person, as that person decided. */

import type { Config, OptionKey } from '../options.ts';
import type { Summary } from '../summary-types.ts';
import { readBatch } from './batch-config.ts';
import { readDecisions } from './decisions-file.ts';
import type { Io } from './io.ts';
import { retryAs } from './retry.ts';
import { say } from './tell.ts';

/** As named on the command line. */
export interface AnswerTarget {
  readonly batch: string;
  /** A copy of `interrupted.csv`, with decisions. */
  readonly decisions: string;
}

/**
 * Answers each run that was decided on, once, as new revisions; the same command goes on where it stopped.
 * @param given Options that somebody gave: all others are the batch's own.
 * @throws ConfigError with every decision that cannot be carried out, before anything is sent; else as `retry`.
 */
export async function answer(
  { batch: name, decisions }: AnswerTarget,
  options: Config,
  given: ReadonlySet<OptionKey>,
  io: Io,
): Promise<Summary | null> {
  const batch = await readBatch(name, io.cwd);
  const { decided, notes } = await readDecisions(decisions, batch.files, io.cwd);
  for (const note of notes) say(io, options, note);
  return retryAs(batch, { options, given, decided }, io);
}
