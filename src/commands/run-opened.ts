/** The batch itself, once all is open, and its end. */

import { createAnswering } from '../answers/index.ts';
import { runBatch } from '../batch.ts';
import { type AutoConcurrency, createAutoConcurrency } from '../concurrency.ts';
import { createLocalEngine } from '../engines/local.ts';
import type { AgentError } from '../errors.ts';
import { mostAtOnce } from '../options.ts';
import { createSummary } from '../reports/summary.ts';
import { writeManifest } from '../results/manifest.ts';
import { scoreAll } from '../scorers/index.ts';
import { openIntents } from '../sinks/intents.ts';
import { openJournal } from '../sinks/jsonl.ts';
import { budgetFacts } from '../spending.ts';
import type { Stop, Summary } from '../summary-types.ts';
import type { Observer } from '../telemetry/observer.ts';
import { type AgentWatch, unwatched, watchAgent } from './agent-watch.ts';
import { comparisonOf, end, factsOf, restOf } from './ending.ts';
import { extractionOf } from './extraction.ts';
import { writeCsv } from './finish.ts';
import type { Io } from './io.ts';
import { createLive, type Live } from './live.ts';
import type { RunNotices } from './notices.ts';
import type { Prepared } from './prepare.ts';
import { scoreTable } from './score-table.ts';
import { watchServer } from './server-watch.ts';
import { listenForStops, type Stopping } from './stopping.ts';
import { sweepLoose } from './sweep.ts';
import type { Reached } from './target.ts';
import { sayJson } from './tell.ts';
import { Unasked } from './unasked.ts';
import { watchVerdict } from './verdict-watch.ts';

type Opened = Omit<Prepared, 'reached'> & { readonly reached: Reached; readonly notices: RunNotices };

export async function runOpened(begun: Opened, observer: Observer, io: Io): Promise<Summary> {
  const { place, order, left, plan, manifest } = begun;
  const { config, again } = order;
  const startedAt = io.runtime.now();
  sayJson(io, config, { event: 'started', batch: manifest.id, directory: place.files.directory, plan });
  await begun.notices.started(manifest);
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
  let jobsLeft: number;
  try {
    ({ stop, notes, jobsLeft } = await runToStop(
      begun,
      { live, observer, stopping, watch, concurrency, startedAt },
      io,
    ));
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
  if (again !== null) stop ??= restOf(notYet);
  const turnsLeft = Math.max(jobsLeft, again === null || stop?.code === 'rest' ? notYet : left.repeats);
  const { examples, facts } = batch.dataset;
  const { columns, roles, madeIds } = facts;
  const scorers = manifest.scorers ?? [];
  const table = scoreTable(scorers, config);
  const { rowsToRunAgain } = await writeCsv({ examples, columns, roles, madeIds }, place.files, left.index, {
    ...config,
    scorers,
    onExample: (records) => table.add(records),
    ownership: place.lock,
  });
  const isFinished = notYet === 0 && stop === null;
  const compared = await comparisonOf(batch, isFinished || stop?.code === 'decided', io);
  const summary = sum.summarise({
    batch: factsOf(batch, isFinished ? 'finished' : 'stopped'),
    planned: plan.turns,
    left: turnsLeft,
    stop,
    asked: since.sinceStart().asked,
    elapsedMs: io.runtime.now() - startedAt,
    price: config.price,
    budget: budgetFacts(left.spending, config),
    concurrency: concurrency?.facts(),
    scores: table.figures(),
    gates: config.gates,
    comparison: compared.comparison,
    drift: compared.drift,
    onInconclusive: config.onInconclusive,
    notes: [...notes, ...(batch.dataset.scoring.judge?.notes() ?? []), ...compared.notes],
  });
  const tell = () => begun.notices.ended(batch.manifest, summary);
  return end(batch, summary, { turnsLeft, canRunAgain: rowsToRunAgain > 0, tell }, io);
}

interface Watched {
  readonly live: Live;
  readonly observer: Observer;
  readonly stopping: Stopping;
  readonly watch: AgentWatch;
  readonly concurrency: AutoConcurrency | null;
  readonly startedAt: number;
}

/** Runs until nothing is left, or something stops it. */
async function runToStop(
  batch: Opened,
  { live, observer, stopping, watch, concurrency, startedAt }: Watched,
  io: Io,
): Promise<{ stop: Stop | null; notes: readonly string[]; jobsLeft: number }> {
  const { place, order, dataset, promise, left, plan, manifest, reached } = batch;
  const { config, body } = order;
  const intents = await openIntents(place.files.intents, place.lock);
  const sink = await openJournal(place.files.journal, left.index, {
    ownership: place.lock,
    digest: left.digest,
    backlog: reached.connection.backlog,
  });
  const died = watchServer(reached);
  const decided = await watchVerdict(batch);
  const abort = AbortSignal.any([stopping.abort, died.signal, place.lock.lost]);
  const { judge } = dataset.scoring;
  const unasked = new Unasked();
  try {
    await judge?.begin({ url: reached.url, signal: abort, say: live.say });
    const agent = reached.connection.agent(
      watch.facts,
      {
        ...config,
        ...promise,
        body,
        batchId: manifest.id,
        isLocal: order.target.isLocal,
        doubtful: doubtfulJobs(batch),
        traceparent: observer.traceparent,
        answering: createAnswering({ ...config, rules: order.rules, decided: order.again?.decided }),
      },
      {
        note: (intent) => {
          left.loose.see(intent, io.runtime.now());
          return intents.note(intent);
        },
      },
    );
    const ended = await runBatch({
      examples: dataset.examples(await left.firstRow()),
      recorded: left.recorded,
      spending: left.spending,
      agent,
      engine: createLocalEngine(concurrency ?? mostAtOnce(config), {
        onInFlight: live.onInFlight,
        getReady: promise.mode === 'threaded',
      }),
      concurrency: concurrency ?? undefined,
      sink,
      scoring: dataset.scoring.scorers.length === 0 ? undefined : scoreAll(dataset.scoring.scorers),
      options: {
        ...config,
        ...promise,
        extract: extractionOf(config),
        planned: plan.turns,
        threadSize: dataset.chosen.threadSize,
        onlyRepeats: order.again !== null,
      },
      runtime: io.runtime,
      drain: AbortSignal.any([stopping.drain, died.signal, watch.signal, decided.signal, place.lock.lost]),
      abort,
      onRecord: (record) => {
        left.onRecord(record);
        unasked.see(record);
        live.onRecord(record);
        observer.onRecord(record);
        decided.onRecord(record);
      },
      onOutage: (state) => {
        watch.rest(state.isOn);
        live.onOutage(state);
        observer.onOutage(state);
      },
    });
    const isWhole = left.summary.counts(plan.turns).not_yet === 0;
    const before =
      ended.stop ??
      watch.stop ??
      (isWhole ? null : decided.stop) ??
      stopOf(died.error, stopping.stop, ended.threadsLeft);
    const { jobsLeft } = ended;
    if (before !== null) return { stop: before, notes: unasked.notes(), jobsLeft };
    const { drain } = stopping;
    const { sweep } = agent;
    const swept = await sweepLoose(left.loose, { sweep, runtime: io.runtime, startedAt, drain });
    await watch.look(drain);
    const stop = watch.stop ?? stopOf(died.error, stopping.stop, swept.left);
    return { stop, notes: [...swept.notes, ...unasked.notes()], jobsLeft };
  } finally {
    died.close();
    await judge?.close();
    await sink.close();
    await intents.close();
  }
}

/** As many as were open at once where the start before was killed: it may have been making their threads. */
function doubtfulJobs({ place, order }: Opened): number {
  const { manifest } = place;
  // What a retry asks was over: nobody was making a thread for it.
  if (manifest?.state !== 'running' || order.again !== null) return 0;
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
