/** Finding this turn's run on a thread, waiting for its end, and giving it up. */

import { RequestError } from '../errors.ts';
import { isObject } from '../json.ts';
import type { ConversationParts } from './conversation.ts';
import { patiently, pause } from './patience.ts';
import { isOurs, stopOf, type TurnKeys } from './request.ts';
import { hasEnded, type Run } from './resources.ts';
import type { Call } from './server.ts';

/**
 * A run that was accepted shows in the thread's list within these waits, or it was not accepted. Longer than the three
 * seconds that the fault bench holds a request: what comes later than the last look is lost with its thread.
 */
export const overSeconds: readonly number[] = [0, 300, 700, 1_000, 1_300];
/** One look: nothing of the turn can be under way. */
export const atOnce: readonly number[] = [0];

export interface Found {
  /** Null: there is no such thread. */
  readonly runs: Run[] | null;
  /** The newest that is this turn's, and of no attempt that is known. */
  readonly ours: Run | null;
}

/** Which run is looked for. */
export interface Sought {
  readonly threadId: string;
  readonly keys: TurnKeys;
  /** Those of attempts before this one are known: they failed. */
  readonly since: number;
}

export async function findRun(
  { server, runtime }: ConversationParts,
  call: Call,
  at: Sought,
  waitsMs = overSeconds,
): Promise<Found> {
  let found: Found = { runs: null, ours: null };
  for (const waitMs of waitsMs) {
    if (waitMs > 0) await pause(runtime, call, waitMs);
    const runs = await patiently(runtime, call, () => server.runs(call, at.threadId));
    found = { runs, ours: newestOf(runs, at.keys, at.since) };
    if (found.ours !== null) break;
  }
  return found;
}

/** Of the runs that are this turn's the one of the last attempt. */
export function newestOf(runs: readonly Run[] | null, keys: TurnKeys, since = 0): Run | null {
  const ours = (runs ?? []).filter((run) => isOurs(run.metadata, keys) && attemptOf(run) >= since);
  return ours.sort((a, b) => attemptOf(b) - attemptOf(a))[0] ?? null;
}

/** The run that brought a turn its success, whatever its revision. */
export function successOf(runs: readonly Run[] | null, keys: TurnKeys): Run | null {
  const succeeded = (runs ?? []).filter((run) => run.status === 'success');
  const ours = succeeded.filter((run) =>
    isOurs(run.metadata, { ...keys, revision: revisionOf(run), stop: stopOf(run.metadata) }),
  );
  // A run that waited has succeeded too: the last one that was answered is the one.
  const [newest] = ours.sort(
    (a, b) =>
      revisionOf(b) - revisionOf(a) || stopOf(b.metadata) - stopOf(a.metadata) || attemptOf(b) - attemptOf(a),
  );
  return newest ?? null;
}

const revisionOf = ({ metadata }: Run): number =>
  isObject(metadata) ? Number(metadata['threadmill_revision']) || 0 : 0;

export const attemptOf = ({ metadata }: Run): number =>
  isObject(metadata) ? Number(metadata['threadmill_attempt']) || 0 : 0;

/** Right after an answer a run may still be told as running for a moment; after that it is joined. */
const shortlyMs = [20, 50, 100, 200] as const;
/** Least time between two looks at a run whose join fails at once. */
const leastJoinMs = 500;

/** Waits until the run ended. Null: the server knows of no such run. */
export async function untilEnded(
  { server, runtime, settings }: ConversationParts,
  call: Call,
  threadId: string,
  runId: string,
): Promise<Run | null> {
  for (let look = 0; ; look += 1) {
    const shortly = shortlyMs[look];
    if (shortly !== undefined) await pause(runtime, call, shortly);
    else {
      const from = runtime.now();
      // In slices: a server may say nothing at all until the end, and only the look tells how it goes.
      const deadline = Math.min(call.deadline, from + settings.idleTimeoutMs);
      await server.join({ deadline, signal: call.signal }, threadId, runId).catch(leaveRequestError);
      if (runtime.now() - from < leastJoinMs) await pause(runtime, call, leastJoinMs);
    }
    const run = await patiently(runtime, call, () => server.run(call, threadId, runId));
    if (run === null || hasEnded(run)) return run;
  }
}

/** How long the server may take over a cancel, all requests together. */
const cancelMs = 700;

/** Cancels this turn's run, as its time is over. True: it is known to have ended. */
export async function cancelRun(
  parts: ConversationParts,
  signal: AbortSignal,
  at: Sought & { readonly runId: string | null },
): Promise<boolean> {
  const { server, runtime } = parts;
  const call = { deadline: runtime.now() + cancelMs, signal };
  try {
    const runId = at.runId ?? (await findRun(parts, call, at, atOnce)).ours?.run_id;
    if (runId === undefined) return false;
    // A deployment refuses to cancel what has ended meanwhile: the look tells.
    await server.cancel(call, at.threadId, runId).catch(leaveRequestError);
    for (const waitMs of shortlyMs) {
      await pause(runtime, call, waitMs);
      const run = await server.run(call, at.threadId, runId);
      if (run !== null && hasEnded(run)) return true;
    }
  } catch (error) {
    leaveRequestError(error);
  }
  return false;
}

function leaveRequestError(error: unknown): void {
  if (!(error instanceof RequestError)) throw error;
}
