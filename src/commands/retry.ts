/** `threadmill retry`: asks turns of a batch once more, as new revisions in the same batch. */

import { resolve } from 'node:path';
import type { Decided } from '../answers/index.ts';
import { ConfigError } from '../errors.ts';
import type { Config, OptionKey } from '../options.ts';
import type { Summary } from '../summary-types.ts';
import type { JsonObject } from '../types.ts';
import { configOfBatch, type KnownBatch, readBatch } from './batch-config.ts';
import { loadTold } from './checking.ts';
import type { Io } from './io.ts';
import { shownPath } from './open-batch.ts';
import { rulesOf } from './rules.ts';
import { faultsOfReports, runAt } from './run.ts';
import { targetOf } from './target.ts';

/**
 * Asks what `--only` and `--kind` name once more; the same command goes on where it stopped. Null: a person said no.
 * @param given Options that somebody gave: all others are the batch's own.
 * @throws ConfigError, DatasetError, AgentError, SinkError, JournalError, LockedError: nothing was lost.
 */
export async function retry(
  name: string,
  options: Config,
  given: ReadonlySet<OptionKey>,
  io: Io,
): Promise<Summary | null> {
  return retryAs(await readBatch(name, io.cwd), { options, given }, io);
}

/** What is asked once more, and how. */
export interface RetryWish {
  readonly options: Config;
  readonly given: ReadonlySet<OptionKey>;
  /** Of `answer`: what is answered, and nothing else is asked. */
  readonly decided?: Decided | undefined;
}

export async function retryAs(
  batch: KnownBatch,
  { options, given, decided }: RetryWish,
  io: Io,
): Promise<Summary | null> {
  const { files, manifest } = batch;
  const config = configOfBatch(batch, options, given, io);
  const faults = await faultsOfReports(config, io.cwd);
  if (faults.length > 0) throw new ConfigError(faults);
  const { path } = manifest.dataset;
  const isStdin = path === '-';
  const datasetName = isStdin ? '-' : shownPath(path, io.cwd);
  const source = { path: isStdin ? files.dataset : path, name: datasetName, known: manifest.dataset };
  const dataset = await loadTold(source, config, io);
  const target = await targetOf(config, io);
  const body = (manifest.identity.inputs['--body'] ?? {}) as JsonObject;
  const order = {
    datasetName,
    target,
    config,
    body,
    rules: await rulesOf(config.answers === null ? null : resolve(io.cwd, config.answers)),
    again: { only: config.only, kinds: config.kinds, decided },
  };
  return runAt({ files, manifest, moveTo: null }, order, dataset, io);
}
