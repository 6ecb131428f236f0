/**
 * The way of one row: plan, run, write. Read this first.
 *
 *   example ─ planJobs → job ─ engine → processJob: for each turn
 *       attempt (the one retry loop) → agent → outcome → record → sink (durable) → reports
 *
 * Data goes one way; each stage pulls, so that the slowest sets the pace and memory stays flat. A turn that fails
 * is data and ends in its record; what is thrown is a broken set-up or a bug, and ends the batch.
 */

import { type Attempted, type AttemptOptions, attemptTurn, type Steps } from './attempt.ts';
import { createBrake } from './brake.ts';
import { type Budget, createBudget } from './budget.ts';
import type { AutoConcurrency } from './concurrency.ts';
import type { Agent, Conversation, Engine, Scoring, Sink, Slot } from './contracts.ts';
import { nothingRecorded, type PlanOptions, planJobs, type Recorded } from './job.ts';
import { createOutage, type Outage, type OutageState } from './outage.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import {
  earlierTurn,
  type RecordOptions,
  rowUnreadable,
  scorable,
  skippedRecord,
  toRecord,
  withScores,
} from './record.ts';
import { againOf } from './retry.ts';
import { isoTime, type Runtime, systemRuntime } from './runtime.ts';
import { type BudgetLimits, createSpending, type Spending } from './spending.ts';
import type { Stop } from './summary-types.ts';
import { JobTalk } from './talk.ts';
import type { BadRow, Example, Failure, Job, JobRecord, OutcomeName, Turn } from './types.ts';
import type { MaxErrors } from './values.ts';

export interface BatchOptions extends AttemptOptions, RecordOptions, PlanOptions, BudgetLimits {
  /** Null: the first ten, if they all fail alike. */
  readonly maxErrors: MaxErrors | null;
  /** How long the batch waits for a server that refuses everything. */
  readonly giveUpMs: number;
  /** Turns in all, recorded ones included. */
  readonly planned: number;
}

export const batchDefaults = {
  retries: 3,
  delivery: 'exactly-once',
  timeoutMs: 600_000,
  record: 'messages',
  onInterrupt: 'record',
  extract: null,
  retryAgent: 'none',
  repeat: 1,
  threadSize: () => 1,
  onlyRepeats: false,
  maxErrors: null,
  giveUpMs: 900_000,
  maxTokens: null,
  maxCost: null,
  price: null,
  planned: Number.POSITIVE_INFINITY,
} as const satisfies BatchOptions;

export interface Batch {
  readonly examples: AsyncIterable<Example | BadRow>;
  /** What earlier starts left. Default: nothing. */
  readonly recorded?: Recorded | undefined;
  /** What earlier starts spent, for a budget; what this one spends is added. Default: nothing. */
  readonly spending?: Spending | undefined;
  readonly agent: Agent;
  readonly engine: Engine;
  readonly sink: Sink;
  /** Default: nothing is scored. */
  readonly scoring?: Scoring | undefined;
  readonly options?: Partial<BatchOptions> | undefined;
  readonly runtime?: Runtime | undefined;
  /** Aborts: no new job; those in flight end and are recorded. */
  readonly drain?: AbortSignal | undefined;
  /** Aborts: those in flight are given up, without a record. */
  readonly abort?: AbortSignal | undefined;
  /** Told of the requests that ask, where the engine's slots follow it. Default: their number is fixed. */
  readonly concurrency?: AutoConcurrency | undefined;
  /** Told of each record once it is durable. */
  readonly onRecord?: ((record: JobRecord) => void) | undefined;
  /** Told while the server refuses everything, and when it no longer does. */
  readonly onOutage?: ((state: OutageState) => void) | undefined;
}

export interface BatchEnd {
  /** Why it stopped of its own; null where it went through, or was drained from outside. */
  readonly stop: Stop | null;
  /** Jobs that were begun and are not over. */
  readonly jobsLeft: number;
  /** Threads that should be deleted and are still there. */
  readonly threadsLeft: number;
}

/**
 * Runs what is not recorded yet.
 * @throws SinkError, DatasetError: the batch cannot go on; what is durable stays.
 */
export async function runBatch(batch: Batch): Promise<BatchEnd> {
  const { agent, examples, engine, sink, concurrency } = batch;
  const { recorded = nothingRecorded, runtime = systemRuntime } = batch;
  const options: BatchOptions = { ...batchDefaults, ...batch.options };
  const brake = createBrake(options.maxErrors, options.planned);
  const stopping = new AbortController();
  const drain = AbortSignal.any([batch.drain ?? never, stopping.signal]);
  const outbox = createOutbox(sink, brake, { record: batch.onRecord, stop: () => stopping.abort() });
  const outage = createOutage(
    {
      get concurrency() {
        return engine.concurrency;
      },
      giveUpMs: options.giveUpMs,
      probe: agent.probe,
      onChange: (state) => {
        concurrency?.rest(state.isOn);
        batch.onOutage?.(state);
      },
      onGivenUp: () => stopping.abort(),
      drain,
    },
    runtime,
  );
  const { spending = createSpending() } = batch;
  const budget = createBudget({ ...options, spending, drain, onSpent: () => stopping.abort() });
  const began = concurrency?.began;
  const work: Work = {
    agent,
    scoring: batch.scoring ?? null,
    recorded,
    outbox,
    outage,
    began,
    budget,
    options,
    runtime,
    drain,
    abort: batch.abort ?? never,
  };

  let jobsLeft = 0;

  try {
    await engine.run(
      planJobs(examples, recorded, options),
      (job, slot) =>
        processJob(job, slot, work).then(
          (isOver) => {
            if (!isOver) jobsLeft += 1;
          },
          (error: unknown) => {
            stopping.abort(); // whoever waits for the server or the budget would wait for nothing
            throw error;
          },
        ),
      drain,
    );
  } finally {
    outage.close();
  }
  return { threadsLeft: await outbox.end(), jobsLeft, stop: brake.stop ?? outage.stop ?? budget.stop };
}

const never = new AbortController().signal;

interface Work {
  readonly agent: Agent;
  readonly scoring: Scoring | null;
  readonly recorded: Recorded;
  readonly outbox: Outbox;
  readonly outage: Outage;
  readonly began: Steps['began'] | undefined;
  readonly budget: Budget;
  readonly options: BatchOptions;
  readonly runtime: Runtime;
  readonly drain: AbortSignal;
  readonly abort: AbortSignal;
}

/**
 * One job from its first turn to its last; a turn that does not succeed ends it, and the later ones are skipped.
 * False: it is not over, and a later start goes on with it.
 */
async function processJob(job: Job, slot: Slot, work: Work): Promise<boolean> {
  const { agent, outbox } = work;
  if (job.problem !== null) {
    return outbox.give(skip(job, job.turns, rowUnreadable(job.problem), work));
  }
  const conversation = agent.open(job);
  const talk = work.scoring === null || job.turns[0]?.turn === null ? null : new JobTalk(job, work.recorded);
  const outcomes: OutcomeName[] = [];
  for (const turn of job.turns) {
    if (outcomes.length > 0 && turn.recorded === null && work.drain.aborted) return false;
    const record =
      turn.recorded === null ? await askTurn({ job, turn, conversation, slot, talk }, work) : null;
    const outcome = record?.outcome ?? turn.recorded;
    if (outcome === null) {
      await conversation.leave?.();
      return false; // given up: the next start finds it
    }
    outcomes.push(outcome);
    const isBroken = outcome !== 'success';
    const later = isBroken
      ? skip(job, job.turns.slice(outcomes.length), earlierTurn(turn.turn ?? 1, outcome), work)
      : [];
    if (!(await outbox.give(record === null ? later : [record, ...later]))) return false;
    if (isBroken) break;
  }
  await outbox.close(() => conversation.close(outcomes));
  return true;
}

interface TurnAsked {
  readonly job: Job;
  readonly turn: Turn;
  readonly conversation: Conversation;
  readonly slot: Slot;
  readonly talk: JobTalk | null;
}

/** One turn's record; null where it was given up and may be found again. */
async function askTurn(asked: TurnAsked, work: Work): Promise<JobRecord | null> {
  const { job, turn, conversation, slot, talk } = asked;
  const { options, outage, began, budget, scoring, runtime, abort } = work;
  if (budget.isSpent()) return null;
  const share = budget.share(slot);
  let { version } = work.agent;
  const steps: Steps = {
    prepare: conversation.prepare?.bind(conversation, turn),
    ask: (attempt) => {
      version = work.agent.version; // it may have been edited while the turn waited
      return conversation.ask(turn, attempt);
    },
    slot: share.slot,
    outage,
    began,
    isLast: turn === job.turns.at(-1),
    attempts: turn.replaces?.attempts ?? [],
    again: againOf(turn.replaces, options),
    isUnknown: turn.replaces?.failure?.uncertain ?? false,
  };
  let record: JobRecord | null = null;
  let attempted: Attempted;
  try {
    attempted = await attemptTurn(steps, options, runtime, abort);
    if (!attempted.isGivenUp) {
      record = toRecord(job, turn, attempted, { ...factsOf(work), agentVersion: version }, options);
    }
  } finally {
    share.end(record);
  }
  if (record === null || scoring === null) return record;
  const judged = scorable(record, attempted.outcome, options);
  const scores = scoring(judged, talk?.with(turn, judged));
  if (!(scores instanceof Promise)) return withScores(record, scores);
  // Others ask the agent while a judge thinks; but what is lost by a kill until it is recorded keeps its slot.
  if (options.delivery === 'exactly-once') slot.free();
  return withScores(record, await scores);
}

/** Records of turns that are not asked; what has one keeps it. */
function skip(job: Job, turns: readonly Turn[], why: Failure, work: Work): JobRecord[] {
  const waiting = turns.filter((turn) => turn.recorded === null && turn.replaces === null);
  return waiting.map((turn) => skippedRecord(job, turn, why, factsOf(work)));
}

const factsOf = ({ agent, runtime }: Work) => ({
  agentVersion: agent.version,
  finishedAt: isoTime(runtime.date()),
});
