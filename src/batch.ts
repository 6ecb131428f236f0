/**
 * The way of one row: plan, run, write. Read this first.
 *
 *   example ─ planJobs → job ─ engine → processJob: for each turn
 *       attempt (the one retry loop) → agent → outcome → record → sink (durable) → reports
 *
 * Data goes one way; each stage pulls, so that the slowest sets the pace and memory stays flat. A turn that fails
 * is data and ends in its record; what is thrown is a broken set-up or a bug, and ends the batch.
 */

import { type AttemptOptions, attemptTurn } from './attempt.ts';
import { createBrake } from './brake.ts';
import type { Agent, Conversation, Engine, Sink } from './contracts.ts';
import { type PlanOptions, planJobs, type Recorded } from './job.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { earlierTurn, type RecordOptions, rowUnreadable, skippedRecord, toRecord } from './record.ts';
import type { Runtime } from './runtime.ts';
import type { BadRow, Example, Job, JobRecord, OutcomeName, Stop, Turn } from './types.ts';
import type { MaxErrors } from './values.ts';

export interface BatchOptions extends AttemptOptions, RecordOptions, PlanOptions {
  /** Null: the first ten, if they all fail alike. */
  readonly maxErrors: MaxErrors | null;
  /** Turns in all, recorded ones included. */
  readonly planned: number;
}

export interface Batch {
  readonly examples: AsyncIterable<Example | BadRow>;
  readonly recorded: Recorded;
  readonly agent: Agent;
  readonly engine: Engine;
  readonly sink: Sink;
  readonly options: BatchOptions;
  readonly runtime: Runtime;
  /** Aborts: no new job; those in flight end and are recorded. */
  readonly drain: AbortSignal;
  /** Aborts: those in flight are given up, without a record. */
  readonly abort: AbortSignal;
  /** Told of each turn that is asked, and of each record once it is durable. */
  readonly onTurn?: ((turn: Turn) => void) | undefined;
  readonly onRecord?: ((record: JobRecord) => void) | undefined;
}

export interface BatchEnd {
  /** Why it stopped of its own; null where it went through, or was drained from outside. */
  readonly stop: Stop | null;
  /** Threads that should be deleted and are still there. */
  readonly threadsLeft: number;
}

/**
 * Runs what is not recorded yet.
 * @throws SinkError, DatasetError: the batch cannot go on; what is durable stays.
 */
export async function runBatch(batch: Batch): Promise<BatchEnd> {
  const { examples, recorded, engine, sink, options } = batch;
  const brake = createBrake(options.maxErrors, options.planned);
  const stopping = new AbortController();
  const outbox = createOutbox(sink, brake, { record: batch.onRecord, stop: () => stopping.abort() });

  const jobs = planJobs(examples, recorded, options);
  await engine.run(
    jobs,
    (job) => processJob(job, batch, outbox),
    AbortSignal.any([batch.drain, stopping.signal]),
  );
  return { threadsLeft: await outbox.end(), stop: brake.stop };
}

/** One job from its first turn to its last; a turn that does not succeed ends it, and the later ones are skipped. */
export async function processJob(job: Job, batch: Batch, outbox: Outbox): Promise<void> {
  const { agent, runtime } = batch;
  const facts = () => ({ agentVersion: agent.version, finishedAt: runtime.date().toISOString() });
  const skip = (turns: readonly Turn[], failure: JobRecord['failure'] & object) =>
    turns.filter((turn) => turn.recorded === null).map((turn) => skippedRecord(job, turn, failure, facts()));

  if (job.problem !== null) {
    await outbox.give(skip(job.turns, rowUnreadable(job.problem)));
    return;
  }
  const conversation = agent.open(job);
  const outcomes: OutcomeName[] = [];
  for (const [at, turn] of job.turns.entries()) {
    if (at > 0 && turn.recorded === null && batch.drain.aborted) return;
    const record = turn.recorded === null ? await askTurn(job, turn, conversation, batch) : null;
    const outcome = record?.outcome ?? turn.recorded;
    if (outcome === null) return; // given up: the next start finds it
    outcomes.push(outcome);
    const later =
      outcome === 'success' ? [] : skip(job.turns.slice(at + 1), earlierTurn(turn.turn ?? 1, outcome));
    if (!(await outbox.give(record === null ? later : [record, ...later]))) return;
    if (outcome !== 'success') break;
  }
  await outbox.close(() => conversation.close(outcomes));
}

/** One turn's record; null where it was given up and may be found again. */
async function askTurn(
  job: Job,
  turn: Turn,
  conversation: Conversation,
  batch: Batch,
): Promise<JobRecord | null> {
  const { agent, options, runtime, abort } = batch;
  batch.onTurn?.(turn);
  const attempted = await attemptTurn((attempt) => conversation.ask(turn, attempt), options, runtime, abort);
  if (attempted.outcome.failure?.code === 'BATCH_ABORTED') return null;
  const facts = { agentVersion: agent.version, finishedAt: runtime.date().toISOString() };
  return toRecord(job, turn, attempted, facts, options);
}
