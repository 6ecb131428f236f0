/** What is written of a turn. Pure. */

import { scriptedIn } from './asked.ts';
import type { Attempted } from './attempt.ts';
import { asksAsExpected } from './scorers/interrupts.ts';
import { roundMs } from './try.ts';
import type {
  Example,
  ExpectedInterrupt,
  ExpectedTools,
  Failure,
  GivenAnswer,
  Job,
  JobRecord,
  Json,
  JsonObject,
  Outcome,
  OutcomeName,
  Scores,
  Turn,
  UnscoredRecord,
} from './types.ts';

export interface RecordOptions {
  /** How much of the state a record holds. */
  readonly record: 'response' | 'messages' | 'output';
  /** What a run that waits for a human is. */
  readonly onInterrupt: 'record' | 'fail' | 'approve' | 'reject';
  /** What is taken out of the state that the server answered with. Default: nothing. */
  readonly extract?: ((state: Json) => JsonObject) | null | undefined;
}

/** A record's facts beside its outcome. */
interface RecordFacts {
  readonly agentVersion: string | null;
  readonly finishedAt: string;
}

/**
 * A finished turn's record.
 *
 * Field by field, here and below: V8 gives each object that is made of spreads and further fields a shape of its own,
 * 7 kB of it in the memory that is cleared last, which made a record six times as dear as all of its content.
 */
export function toRecord(
  job: Job,
  turn: Turn,
  attempted: Attempted,
  facts: RecordFacts,
  options: RecordOptions,
): JobRecord {
  const { attempts, last, waitMs } = attempted;
  const { answers = [] } = last;
  const outcome = answers.length === 0 ? attempted.outcome : afterAnswers(attempted.outcome, answers);
  const given = outcome === attempted.outcome ? answers : answersBeforeLast(answers);
  const first = attempts[turn.replaces?.attempts.length ?? 0];
  const record: Growing = {
    id: turn.example.id,
    index: turn.example.index,
    trial: job.trial,
    turn: turn.turn,
    revision: turn.revision,
    outcome: outcome.outcome,
    input: inputOf(job, turn),
    expected: turn.expected,
    metadata: turn.example.metadata,
    response: outcome.response,
    messages: options.record === 'response' ? [] : outcome.messages,
    tool_calls: outcome.tool_calls,
    interrupts: outcome.interrupts,
    extracted: options.extract?.(outcome.output) ?? {},
    failure: outcome.failure,
    attempts: [...attempts],
    thread_id: last.threadId,
    run_id: last.runId,
    agent_version: facts.agentVersion,
    started_at: first?.started_at ?? facts.finishedAt,
    finished_at: facts.finishedAt,
    latency_ms: attempts.at(-1)?.latency_ms ?? null,
    ttft_ms:
      last.firstTokenAt === null || last.sentAt === null ? null : roundMs(last.firstTokenAt - last.sentAt),
    wait_ms: waitMs === null ? null : roundMs(waitMs),
    usage: outcome.usage,
    scores: {},
  };
  if (options.record === 'output') record.output = outcome.output;
  if (turn.example.expectedTools !== undefined) record.expected_tools = turn.example.expectedTools;
  if (given.length > 0) record.answers = given;
  const left = answersLeft(turn.example, outcome, given);
  if (left > 0) record.answers_left = left;
  const { expectedInterrupts } = turn.example;
  if (expectedInterrupts !== undefined) {
    record.expected_interrupts = expectedInterrupts;
    if (asksAsExpected(record)) record.interrupt_expected = true;
  }
  if (options.onInterrupt === 'fail' && outcome.outcome === 'interrupted' && !record.interrupt_expected) {
    record.outcome = 'error';
  }
  return record;
}

/** Where the last answer surely did not reach its run, that waits still, and is to be answered once more. */
function afterAnswers(outcome: Outcome, answers: readonly GivenAnswer[]): Outcome {
  const { failure } = outcome;
  if (outcome.outcome !== 'error' || failure === null || failure.may_have_run) return outcome;
  const stop = answers.at(-1)?.stop;
  const waiting = answers.filter((answer) => answer.stop === stop && answer.interrupt_id !== null);
  const message = `waits for a human still, for its answer could not be sent: ${failure.message}`;
  return {
    ...outcome,
    outcome: 'interrupted',
    interrupts: waiting.map(({ interrupt_id: id, asked: value }) => ({ id, value })),
    failure: { ...failure, message, may_have_run: true },
  };
}

/** Scripted answers that nothing asked for; of a conversation in one row its turns share them, and none is told. */
function answersLeft(
  { resume, turns }: Example,
  { outcome }: Outcome,
  given: readonly GivenAnswer[],
): number {
  if (resume === undefined || turns !== undefined || outcome !== 'success') return 0;
  return Math.max(0, resume.length - scriptedIn(given));
}

const answersBeforeLast = (answers: readonly GivenAnswer[]): readonly GivenAnswer[] =>
  answers.filter(({ stop }) => stop !== answers.at(-1)?.stop);

/** Fields that not each record has come last, in every record of a batch that has them. */
type Growing = Omit<JobRecord, 'scores' | 'outcome'> & {
  outcome: OutcomeName;
  output?: Json;
  expected_tools?: ExpectedTools;
  answers?: readonly GivenAnswer[];
  expected_interrupts?: readonly ExpectedInterrupt[];
  interrupt_expected?: boolean;
  answers_left?: number;
  scores: Scores;
};

/** What a turn is scored by: all its messages, whatever is kept of them. */
export const scorable = (record: JobRecord, { messages }: Outcome, options: RecordOptions): UnscoredRecord =>
  options.record === 'response' ? { ...record, messages } : record;

/** The same record with its scores, in their place. */
export function withScores(record: JobRecord, scores: Scores): JobRecord {
  (record as Growing).scores = scores;
  return record;
}

/** A turn that was not asked: a row that cannot be read, or one whose conversation broke off before it. */
export function skippedRecord(job: Job, turn: Turn, failure: Failure, facts: RecordFacts): JobRecord {
  return {
    id: turn.example.id,
    index: turn.example.index,
    trial: job.trial,
    turn: turn.turn,
    revision: turn.revision,
    outcome: 'skipped',
    input: inputOf(job, turn),
    expected: turn.expected,
    metadata: turn.example.metadata,
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

/** Of a row that cannot be read nobody knows what it asks. */
const inputOf = ({ problem }: Job, { input }: Turn): Json => (problem === null ? input : null);
