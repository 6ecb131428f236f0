/**
 * What became of a run on a thread, by the server's own word: the body of an answer proves nothing, for a cancelled
 * run answers 200 with half a result, and a failed one with an error inside.
 */

import type { Try } from '../contracts.ts';
import { RequestError } from '../errors.ts';
import { isObject } from '../json.ts';
import type { Failure, Interrupt, Json, Outcome } from '../types.ts';
import type { ConversationParts } from './conversation.ts';
import { failure, unproven } from './failures.ts';
import { untilEnded } from './follow.ts';
import { readInterrupts } from './interrupts.ts';
import { patiently } from './patience.ts';
import { type Checkpoint, hasEnded, type Run, type Thread } from './resources.ts';
import { agentError, type Far, failed, interrupted, isEmpty, success } from './response.ts';
import type { RunAnswer } from './run-answer.ts';

export interface RunAtHand {
  readonly threadId: string;
  readonly runId: string;
}

/** All that is known of a run that ended. */
export interface Facts {
  /** Null: the server does not know it. */
  readonly run: Run | null;
  readonly thread: Thread | null;
  /** What this run left, and no other. Null: not asked for, or not there. */
  readonly checkpoint: Checkpoint | null;
  /** Null: it was lost. */
  readonly answer: RunAnswer | null;
  /** Why what the server tells of the run's end is more than can be read; null: it was read. */
  readonly unread: Failure | null;
}

/**
 * How a run ended: what its answer says, proved by two small requests, and its own state where these leave something
 * open. Waits for its end where it has not ended yet.
 * @param answer Null where it was lost, or did not come whole.
 * @param attempt Its times are noted.
 */
export async function proveRun(
  parts: ConversationParts,
  attempt: Try,
  { threadId, runId }: RunAtHand,
  answer: RunAnswer | null,
): Promise<Facts> {
  const { server, runtime } = parts;
  let unread: Failure | null = null;
  /** That the run ended is known all the same. */
  const orUnread = (error: unknown): null => {
    if (!(error instanceof RequestError) || !tooMuch.has(error.failure.code)) throw error;
    unread = error.failure;
    return null;
  };
  const runOf = () => patiently(runtime, attempt, () => server.run(attempt, threadId, runId));
  const threadOf = () => patiently(runtime, attempt, () => server.thread(attempt, threadId)).catch(orUnread);
  let [run, thread] = await Promise.all([runOf(), answer?.values === undefined ? null : threadOf()]);
  if (run !== null && !hasEnded(run)) {
    run = await untilEnded(parts, attempt, threadId, runId);
    thread = null;
  }
  if (answer === null) attempt.answeredAt = runtime.now();
  if (thread === null && run?.status === 'success') thread = await threadOf();
  const facts = { run, thread, checkpoint: null, answer };
  if (!needsCheckpoint(facts)) return { ...facts, unread };
  const checkpoint = await patiently(runtime, attempt, () =>
    server.checkpoint(attempt, threadId, runId),
  ).catch(orUnread);
  return { ...facts, checkpoint, unread };
}

const tooMuch = new Set(['ANSWER_TOO_LARGE', 'ANSWER_TOO_DEEP']);

/** What the answer and the thread leave open: what came out, what is asked, why it failed, whose pause it is. */
function needsCheckpoint({ run, thread, answer }: Omit<Facts, 'unread'>): boolean {
  if (run === null || answer?.error !== undefined) return false;
  if (answer === null || isEmpty(answer.values)) return true;
  if (run.status !== 'success') return run.status === 'error';
  const asked = interruptsOf(answer);
  if (asked !== undefined) return readInterrupts(asked).length === 0 || isEmpty(stateOf(answer));
  return thread !== null && thread.status !== 'idle';
}

/** Does the answer say that its run waits? */
export const isAsking = (answer: RunAnswer): boolean => interruptsOf(answer) !== undefined;

const interruptsOf = (answer: RunAnswer | null): Json | undefined =>
  isObject(answer?.values) ? answer.values['__interrupt__'] : undefined;

/** The answer without its mark. */
function stateOf(answer: RunAnswer | null): Json | undefined {
  if (!isObject(answer?.values) || !('__interrupt__' in answer.values)) return answer?.values;
  const { __interrupt__: _, ...state } = answer.values;
  return state;
}

/** The one place that says how a run on a thread ended. Pure. */
export function decide(facts: Facts, { place, said }: Omit<Far, 'values'>): Outcome {
  const { run, thread, checkpoint, answer, unread } = facts;
  const state = stateOf(answer);
  const far = { values: isEmpty(state) ? checkpoint?.values : state, said, place };
  if (run === null) return failed(runGone, far);
  switch (run.status) {
    case 'success':
      if (answer?.error !== undefined) return agentError(answer.error, far);
      if (unread !== null) return failed({ ...unread, may_have_run: true }, far);
      if (isWaiting(facts))
        return interrupted(asked(facts), { ...far, values: far.values ?? thread?.values });
      return isEmpty(far.values) ? failed(noResult, far) : success(far);
    case 'error':
      return agentError(answer?.error ?? taskError(checkpoint), far);
    case 'timeout':
      return failed(runTimeout, far);
    case 'interrupted':
      return failed(runCancelled, far);
    case 'pending':
    case 'running':
      throw new Error(`Expected a run that has ended, got one that is ${run.status}`);
  }
}

/** Its own state says it best; the thread may be another run's by now. */
function isWaiting({ thread, checkpoint, answer }: Facts): boolean {
  const marked = interruptsOf(answer);
  if (marked !== undefined && readInterrupts(marked).length > 0) return true;
  if (checkpoint !== null) return checkpoint.next.length > 0;
  return marked !== undefined || thread?.status === 'interrupted';
}

/** What the run asks, from whoever tells all of it: of several questions an answer may hold one. */
function asked({ thread, checkpoint, answer }: Facts): Interrupt[] {
  const ofTasks = checkpoint?.tasks.flatMap(({ interrupts }) =>
    Array.isArray(interrupts) ? interrupts : [],
  );
  const sources = [interruptsOf(answer), ofTasks, thread?.interrupts].map(readInterrupts);
  const [first = []] = sources.filter((found) => found.length > 0);
  return sources.reduce((most, found) => (holds(found, most) ? found : most), first);
}

/** Is all of it there, by id, and more? */
const holds = (all: readonly Interrupt[], some: readonly Interrupt[]): boolean =>
  all.length > some.length && some.every(({ id }) => id !== null && all.some((one) => one.id === id));

const taskError = (checkpoint: Checkpoint | null): Json | undefined =>
  checkpoint?.tasks.map(({ error }) => error).find((error) => error);

const ran = { status: 200, mayHaveRun: true };
const noResult = failure('protocol', 'NO_RESULT', 'the run ended and told no result', ran);
const runTimeout = failure('agent', 'RUN_TIMEOUT', 'the server ended the run by its own time limit', ran);
const runCancelled = failure('cancelled', 'RUN_CANCELLED', 'somebody cancelled the run', ran);
const runGone = failure(
  'not_found',
  'RUN_GONE',
  'the server knows the run no more, and nobody can tell how it ended',
  unproven,
);
