/** What is written of a turn. Pure. */

import { type Attempted, roundMs } from './attempt.ts';
import type { Failure, Job, JobRecord, Outcome, Turn } from './types.ts';

export interface RecordOptions {
  /** How much of the state a record holds. */
  readonly record: 'response' | 'messages' | 'output';
  /** What a run that waits for a human is. */
  readonly onInterrupt: 'record' | 'fail';
}

/** A record's facts beside its outcome. */
interface RecordFacts {
  readonly agentVersion: string | null;
  readonly finishedAt: string;
}

export function toRecord(
  job: Job,
  turn: Turn,
  attempted: Attempted,
  facts: RecordFacts,
  options: RecordOptions,
): JobRecord {
  const outcome = options.onInterrupt === 'fail' ? failInterrupt(attempted.outcome) : attempted.outcome;
  const { attempts, last, waitMs } = attempted;
  return {
    ...turnFields(job, turn),
    outcome: outcome.outcome,
    ...exampleFields(job, turn),
    response: outcome.response,
    messages: options.record === 'response' ? [] : outcome.messages,
    ...(options.record === 'output' && { output: outcome.output }),
    tool_calls: outcome.tool_calls,
    interrupts: outcome.interrupts,
    extracted: {},
    failure: outcome.failure,
    attempts: [...attempts],
    thread_id: last.threadId,
    run_id: last.runId,
    agent_version: facts.agentVersion,
    started_at: attempts[0]?.started_at ?? facts.finishedAt,
    finished_at: facts.finishedAt,
    latency_ms: attempts.at(-1)?.latency_ms ?? null,
    ttft_ms:
      last.firstTokenAt === null || last.sentAt === null ? null : roundMs(last.firstTokenAt - last.sentAt),
    wait_ms: waitMs === null ? null : roundMs(waitMs),
    usage: outcome.usage,
    scores: {},
  };
}

/** A turn that was not asked: a row that cannot be read, or one whose conversation broke off before it. */
export function skippedRecord(job: Job, turn: Turn, failure: Failure, facts: RecordFacts): JobRecord {
  return {
    ...turnFields(job, turn),
    outcome: 'skipped',
    ...exampleFields(job, turn),
    response: null,
    messages: [],
    tool_calls: [],
    interrupts: [],
    extracted: {},
    failure,
    attempts: [],
    thread_id: null,
    run_id: null,
    agent_version: facts.agentVersion,
    started_at: facts.finishedAt,
    finished_at: facts.finishedAt,
    latency_ms: null,
    ttft_ms: null,
    wait_ms: null,
    usage: null,
    scores: {},
  };
}

export const rowUnreadable = (problem: string): Failure => ({
  kind: 'invalid',
  code: 'ROW_UNREADABLE',
  message: problem,
  status: null,
  may_have_run: false,
  uncertain: false,
});

/** @param turn The one that did not end in success, and how it did. */
export const earlierTurn = (turn: number, outcome: string): Failure => ({
  kind: 'cancelled',
  code: 'EARLIER_TURN',
  message: `turn ${turn} of its conversation ended in ${outcome}`,
  status: null,
  may_have_run: false,
  uncertain: false,
});

const turnFields = ({ trial }: Job, { example, turn }: Turn) => ({
  id: example.id,
  index: example.index,
  trial,
  turn,
  revision: 1,
});

const exampleFields = ({ problem }: Job, { example, input, expected }: Turn) => ({
  // Of a row that cannot be read nobody knows what it asks.
  input: problem === null ? input : null,
  expected,
  metadata: example.metadata,
});

function failInterrupt(outcome: Outcome): Outcome {
  return outcome.outcome === 'interrupted' ? { ...outcome, outcome: 'error' } : outcome;
}
