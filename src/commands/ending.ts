/** The end of a batch: what it came to, written and told, and what to type next. */

import { writeManifest } from '../results/manifest.ts';
import { budgetFacts } from '../spending.ts';
import type { BatchFacts, Stop, Summary } from '../summary-types.ts';
import { shownAgain } from './again.ts';
import { endText, type Next, writeSummary } from './finish.ts';
import type { Io } from './io.ts';
import { shownPath } from './open-batch.ts';
import type { Prepared } from './prepare.ts';
import { writeReports } from './reports.ts';
import { type Compared, compareAtEnd, notCompared } from './run-baseline.ts';
import { readScores } from './score-table.ts';
import { budgeted, goOnCommand, raisedLimits, shown, shownCommand } from './settings.ts';
import { say, sayJson } from './tell.ts';

/** `retry` leaves to `run` what was never asked. */
export const restOf = (notYet: number): Stop | null =>
  notYet === 0
    ? null
    : { code: 'rest', message: 'the rest was never asked: the command that began the batch goes on with it' };

export function factsOf(
  { place, order, promise, manifest }: Omit<Prepared, 'reached'>,
  state: BatchFacts['state'],
): BatchFacts {
  const { url, id, name, version } = manifest.agent;
  return {
    id: manifest.id,
    directory: place.files.directory,
    dataset: order.datasetName,
    agent: { url, id, name, version },
    ...promise,
    state,
    started_at: manifest.started_at,
  };
}

/** Of what is not finished nothing is compared: the rest may be another. */
export async function comparisonOf(
  { baseline, place, order, manifest }: Omit<Prepared, 'reached'>,
  isFinished: boolean,
  io: Io,
): Promise<Compared> {
  if (!isFinished) return notCompared;
  const name = shownPath(place.files.directory, io.cwd);
  return compareAtEnd(baseline, { files: place.files, manifest, name }, order.config, io);
}

interface Rest {
  /** Turns that this start was to ask and did not. */
  readonly turnsLeft: number;
  /** Does `errors.csv` hold a row? */
  readonly canRunAgain: boolean;
  /** Tells of the end; resolves once that cannot be lost. */
  readonly tell: () => Promise<void>;
}

/** Writes summary, manifest and reports, and tells how it went. */
export async function end(
  batch: Prepared,
  summary: Summary,
  { turnsLeft, canRunAgain, tell }: Rest,
  io: Io,
): Promise<Summary> {
  const { place, order, manifest } = batch;
  const { config } = order;
  await writeSummary(place.files, summary, place.lock);
  // Before it is finished by its manifest: after a kill in between the next start tells it.
  await tell();
  const finishedAt = summary.batch.state === 'finished' ? io.runtime.date().toISOString() : null;
  const ended = { ...manifest, state: summary.batch.state, finished_at: finishedAt };
  await writeManifest(place.files.manifest, ended, place.lock);
  const next = nextCommands(batch, summary, turnsLeft, io);
  await writeReports({ summary, files: place.files, next, canRunAgain }, config, io);
  sayJson(io, config, { event: 'finished', ...summary });
  if (!config.quiet && io.log === undefined)
    io.stderr.write(
      `\n${await endText(summary, place.files, next, { io, terminal: io.stderr, canRunAgain })}`,
    );
  return summary;
}

function nextCommands({ place, order }: Prepared, summary: Summary, turnsLeft: number, io: Io): Next[] {
  const { batch, counts, stop } = summary;
  const canRetry = counts.error > counts.uncertain;
  const directory = shownPath(place.files.directory, io.cwd);
  const goOn = (argv: readonly string[]) =>
    order.again === null ? goOnCommand(argv, directory) : shownCommand(argv);
  if (stop?.code === 'budget') {
    const raised = raisedLimits(summary, turnsLeft);
    const does =
      raised.length === 0 ? 'goes on without a budget' : 'goes on; by the mean so far it is enough';
    return [{ command: goOn(budgeted(io.argv, raised)), does }];
  }
  const report = { command: `threadmill report ${shown(directory)}`, does: 'shows this again' };
  // What goes on with it is the command that began it, which is not known here.
  if (stop?.code === 'rest') return [report];
  if (batch.state !== 'finished') return [{ command: goOn(io.argv), does: 'goes on with it' }];
  const again = [
    { command: `threadmill retry ${shown(directory)}`, does: 'asks those that failed once more' },
  ];
  return [...(canRetry ? again : []), report];
}

/** A batch that is finished: nothing is asked. */
export async function tellFinished(batch: Prepared, io: Io): Promise<Summary> {
  const { place, order, left, plan, manifest } = batch;
  const compared = await comparisonOf(batch, manifest.state === 'finished', io);
  const summary = left.summary.summarise({
    batch: factsOf(batch, manifest.state),
    planned: plan.turns,
    stop: null,
    elapsedMs: 0,
    price: order.config.price,
    budget: budgetFacts(left.spending, order.config),
    scores: await readScores(place.files, manifest.scorers ?? [], order.config),
    gates: order.config.gates,
    onInconclusive: order.config.onInconclusive,
    ...compared,
  });
  const directory = shownPath(place.files.directory, io.cwd);
  say(
    io,
    order.config,
    order.again === null
      ? `Nothing was asked: ${directory} finished at ${manifest.finished_at}: ${summary.verdict.sentence}.`
      : `Nothing was asked: no turn of ${directory} is to be asked once more (${shownAgain(order.again)}).`,
  );
  sayJson(io, order.config, { event: 'started', batch: manifest.id, directory: place.files.directory, plan });
  sayJson(io, order.config, { event: 'finished', ...summary });
  const canRunAgain = summary.counts.error > summary.counts.uncertain;
  const next = nextCommands(batch, summary, 0, io);
  await writeReports({ summary, files: place.files, next, canRunAgain }, order.config, io);
  return summary;
}
