/** The batch itself, once all is open, and its end. */

import { runBatch } from '../batch.ts';
import { type AutoConcurrency, createAutoConcurrency } from '../concurrency.ts';
import { createLocalEngine } from '../engines/local.ts';
import type { AgentError } from '../errors.ts';
import { mostAtOnce } from '../options.ts';
import { createSummary } from '../reports/summary.ts';
import { writeManifest } from '../results/manifest.ts';
import { openIntents } from '../sinks/intents.ts';
import { openJournal } from '../sinks/jsonl.ts';
import { budgetFacts } from '../spending.ts';
import type { BatchFacts, Stop, Summary } from '../types.ts';
import { shownAgain } from './again.ts';
import { type AgentWatch, unwatched, watchAgent } from './agent-watch.ts';
import { endText, type Next, writeCsv, writeSummary } from './finish.ts';
import type { Io } from './io.ts';
import { createLive, type Live } from './live.ts';
import { shownPath } from './open-batch.ts';
import type { Prepared } from './prepare.ts';
import { watchServer } from './server-watch.ts';
import { budgeted, goOnCommand, raisedLimits, shown, shownCommand } from './settings.ts';
import { listenForStops, type Stopping } from './stopping.ts';
import { sweepLoose } from './sweep.ts';
import type { Reached } from './target.ts';
import { say, sayJson, writeReports } from './tell.ts';

type Opened = Omit<Prepared, 'reached'> & { readonly reached: Reached };

export async function runOpened(begun: Opened, io: Io): Promise<Summary> {
  const { place, order, left, plan, manifest } = begun;
  const { config, again } = order;
  const startedAt = io.runtime.now();
  sayJson(io, config, { event: 'started', batch: manifest.id, directory: place.files.directory, plan });
  const since = again === null ? left.summary : createSummary();
  const live = createLive(io, config, since, again === null ? plan.turns : left.repeats);
  const stopping = listenForStops(io, config, (line) => live.say(line));
  const { facts: agent, connection } = begun.reached;
  const watch = order.target.isLocal
    ? unwatched(agent)
    : watchAgent({ ...config, connection, facts: agent, say: live.say }, io.runtime);
  const concurrency =
    config.concurrency === 'auto' ? createAutoConcurrency({ most: config.maxConcurrency }, io.runtime) : null;
  let stop: Stop | null;
  let notes: readonly string[];
  try {
    ({ stop, notes } = await runToStop(begun, { live, stopping, watch, concurrency, startedAt }, io));
  } catch (error) {
    await writeManifest(place.files.manifest, { ...manifest, state: 'stopped' }, place.lock).catch(() => {});
    place.lock.lost.throwIfAborted(); // whatever else came of it
    throw error;
  } finally {
    watch.close();
    stopping.close();
    live.close();
  }
  await place.lock.prove();
  const batch = {
    ...begun,
    manifest: { ...manifest, agent: { ...manifest.agent, version: watch.facts.version } },
  };
  const sum = live.isRevised || again !== null ? await left.summariseAnew() : left.summary;
  const notYet = sum.counts(plan.turns).not_yet;
  // `retry` leaves what was never asked to `run`.
  if (again !== null && notYet > 0)
    stop ??= { code: 'try_later', message: 'the rest was never asked: run goes on with it' };
  const summary = sum.summarise({
    batch: factsOf(batch, notYet === 0 && stop === null ? 'finished' : 'stopped'),
    planned: plan.turns,
    left: again === null ? notYet : Math.max(0, since.counts(left.repeats).not_yet),
    stop,
    asked: since.sinceStart().asked,
    elapsedMs: io.runtime.now() - startedAt,
    price: config.price,
    budget: budgetFacts(left.spending, config),
    concurrency: concurrency?.facts(),
    notes,
  });
  const { examples, facts } = batch.dataset;
  const { columns, roles, madeIds } = facts;
  const { rowsToRunAgain } = await writeCsv({ examples, columns, roles, madeIds }, place.files, left.index, {
    ...config,
    ownership: place.lock,
  });
  return end(batch, summary, rowsToRunAgain > 0, io);
}

interface Watched {
  readonly live: Live;
  readonly stopping: Stopping;
  readonly watch: AgentWatch;
  readonly concurrency: AutoConcurrency | null;
  readonly startedAt: number;
}

/** Runs until nothing is left, or something stops it. */
async function runToStop(
  batch: Opened,
  { live, stopping, watch, concurrency, startedAt }: Watched,
  io: Io,
): Promise<{ stop: Stop | null; notes: readonly string[] }> {
  const { place, order, dataset, promise, left, plan, manifest, reached } = batch;
  const { config, body } = order;
  const intents = await openIntents(place.files.intents, place.lock);
  const sink = await openJournal(place.files.journal, left.index, place.lock);
  const died = watchServer(reached);
  try {
    const agent = reached.connection.agent(
      watch.facts,
      {
        ...config,
        ...promise,
        body,
        batchId: manifest.id,
        isLocal: order.target.isLocal,
        doubtful: doubtfulJobs(batch),
      },
      {
        note: (intent) => {
          left.loose.see(intent, io.runtime.now());
          return intents.note(intent);
        },
      },
    );
    const ended = await runBatch({
      examples: dataset.examples(),
      recorded: left.recorded,
      spending: left.spending,
      agent,
      engine: createLocalEngine(concurrency ?? mostAtOnce(config), (count) => live.onInFlight(count)),
      concurrency: concurrency ?? undefined,
      sink,
      options: {
        ...config,
        ...promise,
        planned: plan.turns,
        threadSize: dataset.chosen.threadSize,
        onlyRepeats: order.again !== null,
      },
      runtime: io.runtime,
      drain: AbortSignal.any([stopping.drain, died.signal, watch.signal, place.lock.lost]),
      abort: AbortSignal.any([stopping.abort, died.signal, place.lock.lost]),
      onRecord: (record) => live.onRecord(record),
      onOutage: (state) => {
        watch.rest(state.isOn);
        live.onOutage(state);
      },
    });
    const before = ended.stop ?? watch.stop ?? stopOf(died.error, stopping.stop, ended.threadsLeft);
    if (before !== null) return { stop: before, notes: [] };
    const { drain } = stopping;
    const { sweep } = agent;
    const swept = await sweepLoose(left.loose, { sweep, runtime: io.runtime, startedAt, drain });
    await watch.look(drain);
    return { stop: watch.stop ?? stopOf(died.error, stopping.stop, swept.left), notes: swept.notes };
  } finally {
    died.close();
    await sink.close();
    await intents.close();
  }
}

/** As many as were open at once where the start before was killed: it may have been making their threads. */
function doubtfulJobs({ place, order }: Opened): number {
  const { manifest } = place;
  if (manifest?.state !== 'running') return 0;
  const { concurrency, 'max-concurrency': most } = manifest.settings;
  const was = Number((concurrency === 'auto' ? most : concurrency) ?? 0);
  return 2 * Math.max(was, mostAtOnce(order.config));
}

function stopOf(died: AgentError | null, stop: Stop | null, threadsLeft: number): Stop | null {
  if (died !== null) return { code: 'try_later', message: died.message };
  if (stop !== null) return stop;
  if (threadsLeft > 0) {
    return {
      code: 'try_later',
      message: `${threadsLeft} threads could not be deleted; the same command tries again`,
    };
  }
  return null;
}

function factsOf(
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

/** Writes summary, manifest and reports, and tells how it went. @param canRunAgain Does `errors.csv` hold a row? */
async function end(batch: Opened, summary: Summary, canRunAgain: boolean, io: Io): Promise<Summary> {
  const { place, order, manifest } = batch;
  const { config } = order;
  await writeSummary(place.files, summary, place.lock);
  const finishedAt = summary.batch.state === 'finished' ? io.runtime.date().toISOString() : null;
  const ended = { ...manifest, state: summary.batch.state, finished_at: finishedAt };
  await writeManifest(place.files.manifest, ended, place.lock);
  await writeReports(summary, place.files, config, io);
  sayJson(io, config, { event: 'finished', ...summary });
  if (!config.quiet)
    io.stderr.write(
      `\n${await endText(summary, place.files, nextCommands(batch, summary, io), { io, terminal: io.stderr, canRunAgain })}`,
    );
  return summary;
}

function nextCommands({ place, order }: Opened, summary: Summary, io: Io): Next[] {
  const { batch, counts, stop } = summary;
  const canRetry = counts.error > counts.uncertain;
  const directory = shownPath(place.files.directory, io.cwd);
  const goOn = (argv: readonly string[]) =>
    order.again === null ? goOnCommand(argv, directory) : shownCommand(argv);
  if (stop?.code === 'budget') {
    const raised = raisedLimits(summary);
    const does =
      raised.length === 0 ? 'goes on without a budget' : 'goes on; by the mean so far it is enough';
    return [{ command: goOn(budgeted(io.argv, raised)), does }];
  }
  if (batch.state !== 'finished') {
    return [{ command: goOn(io.argv), does: 'goes on with it' }];
  }
  const again = [
    { command: `threadmill retry ${shown(directory)}`, does: 'asks those that failed once more' },
  ];
  const report = { command: `threadmill report ${shown(directory)}`, does: 'shows this again' };
  return [...(canRetry ? again : []), report];
}

/** A batch that is finished: nothing is asked. */
export async function tellFinished(batch: Prepared, io: Io): Promise<Summary> {
  const { place, order, left, plan, manifest } = batch;
  const summary = left.summary.summarise({
    batch: factsOf(batch, manifest.state),
    planned: plan.turns,
    stop: null,
    elapsedMs: 0,
    price: order.config.price,
    budget: budgetFacts(left.spending, order.config),
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
  await writeReports(summary, place.files, order.config, io);
  return summary;
}
