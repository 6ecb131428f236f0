/** `threadmill run`: wires a dataset, an agent and a batch directory to `runBatch`. */

import { resolve } from 'node:path';
import { ConfigError } from '../errors.ts';
import type { Config } from '../options.ts';
import { brokenRules } from '../rules.ts';
import type { Summary } from '../summary-types.ts';
import type { Observer } from '../telemetry/observer.ts';
import { readBody } from './body.ts';
import { loadTold } from './checking.ts';
import { type Dataset, formatOfDataset } from './dataset.ts';
import { extractionOf } from './extraction.ts';
import type { Io } from './io.ts';
import { nobody, type RunNotices } from './notices.ts';
import { observerOf } from './observing.ts';
import { enter, findPlace, isWanted, type OwnPlace, type Place } from './open-batch.ts';
import type { Order } from './order.ts';
import type { Prepared } from './prepare.ts';
import { rulesOf } from './rules.ts';
import { selectionOf } from './settings.ts';
import { targetOf } from './target.ts';

/**
 * Runs a dataset through the agent, or goes on where an earlier start stopped. Null: nothing was to be asked.
 * @throws ConfigError, DatasetError, AgentError, SinkError, JournalError, LockedError: nothing was lost.
 */
export async function run(datasetName: string, given: Config, io: Io): Promise<Summary | null> {
  const config = { ...given, answers: given.answers === null ? null : resolve(io.cwd, given.answers) };
  await assertOptions(config, datasetName, io);
  extractionOf(config);
  const target = await targetOf(config, io);
  const body = await readBody(config.body === null ? null : resolve(io.cwd, config.body));
  const rules = await rulesOf(config.answers);
  const order = { datasetName, target, config, body, rules, again: null };
  const isStdin = datasetName === '-';
  const path = isStdin ? '-' : resolve(io.cwd, datasetName);
  const source = { path, name: datasetName };
  const wanted = isStdin ? () => false : isWanted(path, target.agent, selectionOf(config));
  const place = await findPlace({ config, cwd: io.cwd, date: io.runtime.date(), datasetPath: path }, wanted);
  if (config.dryRun) {
    const { openBaseline } = await import('./run-baseline.ts');
    const { dryRun } = await import('./dry-run.ts');
    const dataset = await loadTold(source, config, io);
    await openBaseline({ order, dataset, place }, io);
    await dryRun(order, dataset, io);
    return null;
  }
  const dataset = isStdin ? null : await loadTold({ ...source, known: place.manifest?.dataset }, config, io);
  return runAt(place, order, dataset, io);
}

/** Told once more, for a library's user hands in a config of his own. */
async function assertOptions(config: Config, datasetName: string, { env, cwd }: Io): Promise<void> {
  const faults = [...brokenRules('run', config, env), ...(await faultsOfReports(config, cwd))];
  if (config.dryRun && datasetName === '-')
    faults.push('--dry-run: expected a file; stdin can be read only once');
  if (faults.length > 0) throw new ConfigError(faults);
  formatOfDataset(datasetName, config);
}

/** Nothing is loaded for it where there is none. */
export async function faultsOfReports(config: Config, cwd: string): Promise<string[]> {
  if (config.reports.length === 0) return [];
  const { reportFaults } = await import('./report-targets.ts');
  return reportFaults(config, cwd);
}

/** @param file Null: it comes by stdin. */
export async function runAt(
  place: Place,
  order: Order,
  file: Dataset | null,
  io: Io,
): Promise<Summary | null> {
  await using entered = await enter(place, io.runtime);
  await using notices = await noticesOf(entered.place, order, io);
  try {
    const summary = await runEntered({ place: entered.place, order, notices }, file, io);
    if (summary?.verdict.exit_code === 0) notices.good();
    return summary;
  } catch (error) {
    await notices.failed(error);
    throw error;
  }
}

/** What tells of it is loaded only where somebody is to be told. */
async function noticesOf(place: OwnPlace, order: Order, io: Io): Promise<RunNotices> {
  const { notify, ping } = order.config;
  if (notify === null && ping === null) return nobody;
  return (await import('./run-notices.ts')).tellRun(place, order, io);
}

interface ToRun {
  readonly place: OwnPlace;
  readonly order: Order;
  readonly notices: RunNotices;
}

async function runEntered(
  { place, order, notices }: ToRun,
  file: Dataset | null,
  io: Io,
): Promise<Summary | null> {
  const { prepare } = await import('./prepare.ts');
  await using batch = await prepare(place, order, file, io);
  if (batch === null) return null;
  await using observer = await observerOf(batch, io);
  // Awaited here: both are to end before the connection and the lock are let go.
  const summary = await runPrepared({ ...batch, notices }, observer, io);
  observer.onEnd(summary);
  return summary;
}

async function runPrepared(
  batch: Prepared & { readonly notices: RunNotices },
  observer: Observer,
  io: Io,
): Promise<Summary> {
  const { reached } = batch;
  if (reached === null) {
    const { tellFinished } = await import('./ending.ts');
    return tellFinished(batch, io);
  }
  const { runOpened } = await import('./run-opened.ts');
  return runOpened({ ...batch, reached }, observer, io);
}
