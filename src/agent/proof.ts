/**
 * What became of a run on a thread, by the server's own word: the body of an answer proves nothing, for a cancelled
 * run answers 200 with half a result, and a failed one with an error inside.
 */

import type { Try } from '../contracts.ts';
import { RequestError } from '../errors.ts';
import type { Json, Outcome } from '../types.ts';
import type { ConversationParts } from './conversation.ts';
import { failure, isObject } from './failures.ts';
import { isOurs, type TurnKeys } from './request.ts';
import {
  agentError,
  errorOutcome,
  interrupted,
  isEmpty,
  readInterrupts,
  success,
  type TurnPlace,
} from './response.ts';
import type { Call, Checkpoint, Run, RunAnswer, RunStatus, Thread } from './server.ts';

export interface RunAtHand {
  readonly threadId: string;
  readonly runId: string;
  readonly place: TurnPlace;
  readonly idleTimeoutMs: number;
  readonly attempt: Try;
}

/** A run that was accepted shows in the thread's list within these waits, or it was not accepted. */
const lookAgainMs: readonly number[] = [0, 300, 700, 1_000];
/** One look: nothing of the turn can be under way. */
export const atOnce: readonly number[] = [0];

/** The thread's runs (null: there is no such thread), and the newest that is this turn's. */
export async function findRun(
  { server, runtime }: ConversationParts,
  call: Call,
  threadId: string,
  keys: TurnKeys,
  waitsMs = lookAgainMs,
): Promise<{ runs: Run[] | null; ours: Run | null }> {
  let runs: Run[] | null = null;
  for (const waitMs of waitsMs) {
    if (waitMs > 0) await runtime.sleep(waitMs, call.signal);
    runs = await server.runs(call, threadId);
    const ours = (runs ?? [])
      .filter((run) => isOurs(run.metadata, keys))
      .sort((a, b) => attemptOf(b) - attemptOf(a))[0];
    if (ours !== undefined) return { runs, ours };
  }
  return { runs, ours: null };
}

const attemptOf = ({ metadata }: Run): number =>
  isObject(metadata) ? Number(metadata['threadmill_attempt']) || 0 : 0;

const hasEnded = (status: RunStatus) => status !== 'pending' && status !== 'running';

/** Right after an answer a run may still be told as running for a moment; after that it is joined. */
const pollMs = [20, 50, 100, 200] as const;
/** Least time between two looks at a run whose join fails at once. */
const leastJoinMs = 500;

/** Waits until the run ended. Null: the server knows of no such run. */
async function untilEnded(
  parts: ConversationParts,
  call: Call,
  { threadId, runId, idleTimeoutMs }: RunAtHand,
): Promise<Run | null> {
  const { server, runtime } = parts;
  for (let look = 0; ; look += 1) {
    const run = await server.run(call, threadId, runId);
    if (run === null || hasEnded(run.status)) return run;
    const shortly = pollMs[look];
    if (shortly !== undefined) {
      await runtime.sleep(shortly, call.signal);
      continue;
    }
    const from = runtime.now();
    // In slices: a server may say nothing at all until the end, and only the look tells how it goes.
    const deadline = Math.min(call.deadline, from + idleTimeoutMs);
    await server.join({ ...call, deadline }, threadId, runId).catch(onlyRequestErrors);
    if (runtime.now() - from < leastJoinMs) await runtime.sleep(leastJoinMs, call.signal);
  }
}

function onlyRequestErrors(error: unknown): void {
  if (!(error instanceof RequestError)) throw error;
}

/** The outcome of a run whose answer was not had, or not whole. */
export async function followRun(parts: ConversationParts, call: Call, at: RunAtHand): Promise<Outcome> {
  const run = await untilEnded(parts, call, at);
  at.attempt.answeredAt = parts.runtime.now();
  const checkpoint = run === null ? null : await parts.server.checkpoint(call, at.threadId, at.runId);
  const thread = run?.status === 'success' ? await parts.server.thread(call, at.threadId) : null;
  return decide(at, { run, thread, checkpoint, answer: null });
}

/** The outcome of a run that was answered: two small requests tell whether the answer is the whole truth. */
export async function proveRun(
  parts: ConversationParts,
  call: Call,
  at: RunAtHand,
  answer: RunAnswer,
): Promise<Outcome> {
  const { server } = parts;
  let [run, thread] = await Promise.all([
    server.run(call, at.threadId, at.runId),
    answer.error === undefined ? server.thread(call, at.threadId) : null,
  ]);
  if (run !== null && !hasEnded(run.status)) {
    run = await untilEnded(parts, call, at);
    thread = await server.thread(call, at.threadId);
  }
  const facts = { run, thread, checkpoint: null, answer };
  return needsCheckpoint(facts)
    ? decide(at, { ...facts, checkpoint: await server.checkpoint(call, at.threadId, at.runId) })
    : decide(at, facts);
}

interface Facts {
  readonly run: Run | null;
  readonly thread: Thread | null;
  readonly checkpoint: Checkpoint | null;
  readonly answer: RunAnswer | null;
}

/** What the answer and the thread leave open: what is asked, why it failed, what came out. */
function needsCheckpoint({ run, thread, answer }: Facts): boolean {
  if (run?.status === 'error') return answer?.error === undefined;
  if (run?.status !== 'success') return false;
  if (isWaiting(answer, thread))
    return readInterrupts(pausedAt(answer)).length === 0 && readInterrupts(thread?.interrupts).length === 0;
  return isEmpty(answer?.values);
}

const pausedAt = (answer: RunAnswer | null): Json | undefined =>
  isObject(answer?.values) ? answer.values['__interrupt__'] : undefined;

const isWaiting = (answer: RunAnswer | null, thread: Thread | null): boolean =>
  pausedAt(answer) !== undefined || thread?.status === 'interrupted';

/** The one place that says how a run on a thread ended. Pure. */
export function decide({ place }: Pick<RunAtHand, 'place'>, facts: Facts): Outcome {
  const { run, thread, checkpoint, answer } = facts;
  const output = answer?.values ?? checkpoint?.values ?? null;
  switch (run?.status) {
    case 'success':
      if (answer?.error !== undefined) return agentError(answer.error, output);
      return isWaiting(answer, thread) ? waiting(place, facts) : done(place, output);
    case 'error':
      return agentError(
        answer?.error ?? checkpoint?.tasks.map((task) => task['error']).find((error) => error),
        output,
      );
    case 'timeout':
      return errorOutcome(
        failure('agent', 'RUN_TIMEOUT', 'the server ended the run by its own time limit', ran),
        { output },
      );
    case 'interrupted':
      return errorOutcome(failure('cancelled', 'RUN_CANCELLED', 'somebody cancelled the run', ran), {
        output,
      });
    default: {
      const gone = 'the server knows the run no more, and nobody can tell how it ended';
      return errorOutcome(failure('not_found', 'RUN_GONE', gone, { mayHaveRun: true, uncertain: true }), {
        output,
      });
    }
  }
}

const ran = { status: 200, mayHaveRun: true };

function done(place: TurnPlace, output: Json): Outcome {
  return isEmpty(output)
    ? errorOutcome(failure('protocol', 'NO_RESULT', 'the run ended and told no result', ran))
    : success(output, place);
}

function waiting(place: TurnPlace, { thread, checkpoint, answer }: Facts): Outcome {
  const sources = [
    pausedAt(answer),
    thread?.interrupts,
    checkpoint?.tasks.flatMap((task) => (Array.isArray(task['interrupts']) ? task['interrupts'] : [])),
  ];
  const interrupts = sources.map(readInterrupts).find((found) => found.length > 0) ?? [];
  const { __interrupt__: _, ...said } = isObject(answer?.values) ? answer.values : {};
  return interrupted(
    interrupts,
    isEmpty(said) ? (thread?.values ?? checkpoint?.values ?? null) : said,
    place,
  );
}

/** How long the server may take over a cancel, all requests together. */
const giveUpMs = 700;

/** Cancels a run whose time is over. True: it is known to have ended. */
export async function giveUpRun(
  parts: ConversationParts,
  signal: AbortSignal,
  at: { readonly threadId: string; readonly runId: string | null },
  keys: TurnKeys,
): Promise<boolean> {
  const { server, runtime } = parts;
  const call = { deadline: runtime.now() + giveUpMs, signal };
  try {
    const runId =
      at.runId ?? (await server.runs(call, at.threadId))?.find((run) => isOurs(run.metadata, keys))?.run_id;
    if (runId === undefined) return false;
    await server.cancel(call, at.threadId, runId);
    for (const waitMs of pollMs) {
      await runtime.sleep(waitMs, signal);
      const run = await server.run(call, at.threadId, runId);
      if (run !== null && hasEnded(run.status)) return true;
    }
  } catch (error) {
    onlyRequestErrors(error);
  }
  return false;
}
