/** The batch itself, once all is open, and its end. */

import { runBatch } from '../batch.ts';
import { createLocalEngine } from '../engines/local.ts';
import type { AgentError } from '../errors.ts';
import { writeManifest } from '../results/manifest.ts';
import { openIntents } from '../sinks/intents.ts';
import { openJournal } from '../sinks/jsonl.ts';
import type { BatchFacts, Stop, Summary } from '../types.ts';
import { endText, type Next, writeCsv, writeSummary } from './finish.ts';
import type { Io } from './io.ts';
import { createLive } from './live.ts';
import { shownPath } from './open-batch.ts';
import type { Prepared } from './prepare.ts';
import { goOnCommand } from './settings.ts';
import { listenForStops, type Stopping } from './stopping.ts';
import type { Reached } from './target.ts';
import { say, sayJson, writeReports } from './tell.ts';

type Opened = Omit<Prepared, 'reached'> & { readonly reached: Reached };

export async function runOpened(batch: Opened, io: Io): Promise<Summary> {
  const { place, order, left, plan, manifest } = batch;
  const { config } = order;
  const startedAt = io.runtime.now();
  sayJson(io, config, { event: 'started', batch: manifest.id, directory: place.files.directory, plan });
  const live = createLive(io, config, left.summary, plan.turns);
  const stopping = listenForStops(io, config, (line) => live.say(line));
  let stop: Stop | null;
  try {
    stop = await runToStop(batch, live, stopping, io);
  } catch (error) {
    await writeManifest(place.files.manifest, { ...manifest, state: 'stopped' }, place.lock).catch(() => {});
    place.lock.lost.throwIfAborted(); // whatever else came of it
    throw error;
  } finally {
    stopping.close();
    live.close();
  }
  await place.lock.prove();
  const summary = left.summary.summarise({
    batch: factsOf(
      batch,
      left.summary.counts(plan.turns).not_yet === 0 && stop === null ? 'finished' : 'stopped',
    ),
    planned: plan.turns,
    stop,
    elapsedMs: io.runtime.now() - startedAt,
  });
  const { examples, facts } = batch.dataset;
  const { columns, roles, madeIds } = facts;
  const { rowsToRunAgain } = await writeCsv({ examples, columns, roles, madeIds }, place.files, left.index, {
    ...config,
    ownership: place.lock,
  });
  return end(batch, summary, rowsToRunAgain > 0, io);
}

/** Runs until nothing is left, or something stops it. */
async function runToStop(
  batch: Opened,
  live: ReturnType<typeof createLive>,
  stopping: Stopping,
  io: Io,
): Promise<Stop | null> {
  const { place, order, dataset, promise, left, plan, manifest, reached } = batch;
  const { config, body } = order;
  const intents = await openIntents(place.files.intents, place.lock);
  const sink = await openJournal(place.files.journal, left.index, place.lock);
  const died = watchServer(reached);
  try {
    const agent = reached.connection.agent(
      reached.facts,
      { ...config, ...promise, body, batchId: manifest.id, isLocal: order.target.isLocal },
      intents,
    );
    const { stop, threadsLeft } = await runBatch({
      examples: dataset.examples(),
      recorded: left.recorded,
      agent,
      engine: createLocalEngine(config.concurrency, (count) => live.onInFlight(count)),
      sink,
      options: { ...config, ...promise, planned: plan.turns, threadSize: dataset.chosen.threadSize },
      runtime: io.runtime,
      drain: AbortSignal.any([stopping.drain, died.signal, place.lock.lost]),
      abort: AbortSignal.any([stopping.abort, died.signal, place.lock.lost]),
      onRecord: (record) => live.onRecord(record),
      onOutage: (state) => live.onOutage(state),
    });
    return stop ?? stopOf(died.error, stopping.stop, threadsLeft);
  } finally {
    died.close();
    await sink.close();
    await intents.close();
  }
}

function watchServer({ died }: Reached) {
  const controller = new AbortController();
  let isOver = false;
  const watch = {
    signal: controller.signal,
    error: null as AgentError | null,
    close: () => {
      isOver = true;
    },
  };
  void died.then((error) => {
    if (isOver) return;
    watch.error = error;
    controller.abort();
  });
  return watch;
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
      `\n${await endText(summary, place.files, nextCommands(batch, summary, canRunAgain, io), { io, terminal: io.stderr, canRunAgain })}`,
    );
  return summary;
}

function nextCommands({ place, order }: Opened, { batch }: Summary, canRunAgain: boolean, io: Io): Next[] {
  const directory = shownPath(place.files.directory, io.cwd);
  if (batch.state !== 'finished')
    return [{ command: goOnCommand(io.argv, directory), does: 'goes on with it' }];
  const again = {
    command: `threadmill run ${directory}/errors.csv`,
    does: 'runs the failures again, as another batch',
  };
  const report = { command: `threadmill report ${directory}`, does: 'shows this again' };
  return canRunAgain && order.datasetName !== '-' ? [again, report] : [report];
}

/** A batch that is finished: nothing is asked. */
export async function tellFinished(batch: Prepared, io: Io): Promise<Summary> {
  const { place, order, left, plan, manifest } = batch;
  const summary = left.summary.summarise({
    batch: factsOf(batch, 'finished'),
    planned: plan.turns,
    stop: null,
    elapsedMs: 0,
  });
  const directory = shownPath(place.files.directory, io.cwd);
  say(
    io,
    order.config,
    `Nothing was asked: ${directory} finished at ${manifest.finished_at}: ${summary.verdict.sentence}.`,
  );
  sayJson(io, order.config, { event: 'started', batch: manifest.id, directory: place.files.directory, plan });
  sayJson(io, order.config, { event: 'finished', ...summary });
  await writeReports(summary, place.files, order.config, io);
  return summary;
}
