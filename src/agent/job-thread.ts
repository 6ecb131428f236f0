/** The thread of one job: made, noted, closed. */

import type { Try } from '../contracts.ts';
import { RequestError } from '../errors.ts';
import type { Failure, Intent, Job, OutcomeName, Turn } from '../types.ts';
import type { ConversationParts } from './conversation.ts';
import type { Before } from './messages.ts';
import { type TurnKeys, threadId, threadMetadata } from './request.ts';

/** What is known of a job's thread. */
export interface JobThread {
  /** Counts the threads tried for this job, from 0. */
  generation: number;
  /** Null: not made by this start, and no earlier one noted it. */
  id: string | null;
  /** Was it made, or found, by this start? */
  made: boolean;
  /** May a run of the turn at hand be on the thread, unseen? Then it is looked at before anything is sent. */
  unknown: boolean;
  /** At-most-once: the turn that was noted as sent last. */
  sentTurn: number | null;
  /** The run of the turn at hand, once it is known. */
  runId: string | null;
  /** Why it is unknown whether the turn at hand ran; null where that was an earlier start. */
  fault: Failure | null;
  /** What came of an answer of the turn at hand that broke off. */
  partial: string | null;
  /** The thread's messages before the turn at hand; null where an earlier start asked for them. */
  before: Before | null;
}

/** One turn being asked, and all it needs. */
export interface Asking {
  readonly job: Job;
  readonly parts: ConversationParts;
  readonly thread: JobThread;
  readonly turn: Turn;
  readonly keys: TurnKeys;
  readonly attempt: Try;
}

export function threadOf({ intent, turns }: Job): JobThread {
  const [first] = turns;
  return {
    generation: intent?.generation ?? 0,
    id: intent?.thread_id ?? null,
    made: false,
    unknown: intent !== null || (first !== undefined && first.recorded !== null),
    sentTurn: intent?.mark === 'sent' ? intent.turn : null,
    runId: null,
    fault: null,
    partial: null,
    before: null,
  };
}

export const isFirstTurn = ({ job, turn }: Asking): boolean => job.turns[0] === turn;

export const threadIdOf = ({ parts, job, thread }: Asking): string =>
  thread.id ?? threadId(parts.settings.batchId, job, thread.generation);

/** Resolves once it is durable. */
export const note = (
  { job, parts, thread }: Pick<Asking, 'job' | 'parts' | 'thread'>,
  mark: Intent['mark'],
  sent: Partial<Pick<TurnKeys, 'turn' | 'attempt'>> = {},
): Promise<void> =>
  parts.intents.note({
    key: job.key,
    trial: job.trial,
    mark,
    generation: thread.generation,
    thread_id: thread.id,
    turn: sent.turn ?? null,
    attempt: sent.attempt ?? null,
  });

/** Makes the job's thread, which runs nothing and may be repeated, and notes it before any run is asked for. */
export async function makeThread(
  asking: Pick<Asking, 'job' | 'parts' | 'thread' | 'attempt'>,
): Promise<void> {
  const { job, parts, thread, attempt } = asking;
  if (!thread.made) {
    const chosen = threadId(parts.settings.batchId, job, thread.generation);
    // Another id than ours was given by a server that takes none, and noted: that is the thread.
    if (thread.id === null || thread.id === chosen) {
      if (parts.doubtful.delete(job)) await note(asking, 'doubtful');
      thread.id = await parts.server
        .makeThread(attempt, chosen, threadMetadata(parts.settings.batchId, job))
        .catch((error: unknown) => noteLost(asking, error));
    }
    await note(asking, 'made');
    thread.made = true;
  }
  attempt.threadId = thread.id;
}

/** The request may still be under way, and make the thread anew when nobody uses it any more. */
async function noteLost(asking: Parameters<typeof makeThread>[0], error: unknown): Promise<never> {
  if (error instanceof RequestError && mayComeLate(error.failure)) {
    await note(asking, 'doubtful', { attempt: asking.attempt.attempt });
  }
  throw error;
}

const mayComeLate = ({ kind, status }: Failure): boolean =>
  kind === 'reset' || kind === 'timeout' || kind === 'cancelled' || (status ?? 0) >= 500;

const never = new AbortController().signal;

/**
 * Deletes the thread where it is not to be kept. False: it is still there, a later start tries again.
 * A thread whose run waits for a human, or may still run, is never deleted.
 */
export async function closeThread(
  job: Job,
  parts: ConversationParts,
  thread: JobThread,
  outcomes: readonly OutcomeName[],
): Promise<boolean> {
  if (thread.id === null) return true;
  const { server, settings, runtime } = parts;
  if (isToDelete(job, settings.threads, outcomes)) {
    const call = { deadline: runtime.now() + settings.idleTimeoutMs, signal: never };
    try {
      const isProved = outcomes.every((outcome) => outcome === 'success');
      const status = isProved ? 'idle' : (await server.thread(call, thread.id))?.status;
      if (status === 'busy') return false;
      if (status !== 'interrupted') await server.deleteThread(call, thread.id);
    } catch (error) {
      if (error instanceof RequestError) return false;
      throw error;
    }
  }
  // Nobody waits: without the mark a later start deletes once more what is gone. A full disk shows at the records.
  note({ job, parts, thread }, 'closed').catch(() => {});
  return true;
}

function isToDelete(
  { turns }: Job,
  policy: ConversationParts['settings']['threads'],
  outcomes: readonly OutcomeName[],
): boolean {
  if (policy === 'keep' || outcomes.includes('interrupted')) return false;
  const isSingle = turns.length === 1 && turns[0]?.turn === null;
  return policy === 'delete' || (isSingle && outcomes.every((outcome) => outcome === 'success'));
}
