/** The thread of one job: made, noted, closed. */

import type { Try } from '../contracts.ts';
import { RequestError } from '../errors.ts';
import type { Failure, GivenAnswer, Intent, Job, OutcomeName, Turn, Way } from '../types.ts';
import type { ConversationParts } from './conversation.ts';
import type { Sought } from './follow.ts';
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
  /** Was it noted as given up, and is not deleted yet? */
  isAbandoned: boolean;
  /** Was anything asked on it, by this start? */
  isAsked: boolean;
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
  /** The turn at hand. */
  turn: Turn | null;
  /** It is to be asked once more, or answered as a person decided, and that has not begun. */
  again: Try['again'] | 'answer';
  /** How it is asked. */
  way: Way;
  /** Its attempts before this one are known: their runs failed. */
  since: number;
  /** Attempts at it that an earlier start made. */
  missed: number;
  /** What the turn's runs were answered, the one that is under way or about to be sent included. */
  answers: readonly GivenAnswer[];
  /** Is it known that the run waits for the last of these answers? */
  isWaiting: boolean;
  /** How many of the scripted answers of the turn's example earlier turns took. */
  scripted: number;
  /** Does the thread hold to the state of an earlier fork? Null: not known. */
  isStuck: boolean | null;
  /** Threads that were used for this job before this one, and may still be there. */
  readonly earlier: string[];
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

export function threadOf(job: Job, batchId: string): JobThread {
  const { intent, turns } = job;
  const begun = intent ?? lastUsed(job, batchId);
  const isAnew = turns[0]?.recorded === null && begun === null;
  return {
    generation: begun?.generation ?? 0,
    id: begun?.thread_id ?? null,
    made: false,
    isAbandoned: intent?.mark === 'abandoned',
    isAsked: false,
    unknown: (intent !== null && intent.mark !== 'idle') || turns[0]?.recorded !== null,
    sentTurn: intent?.mark === 'sent' ? intent.turn : null,
    runId: null,
    fault: null,
    partial: null,
    before: null,
    turn: null,
    again: null,
    way: 'input',
    since: 0,
    missed: 0,
    answers: [],
    isWaiting: false,
    scripted: job.scripted ?? 0,
    isStuck: isAnew ? false : null,
    earlier: begun === null ? [] : earlierIds(job, batchId, begun),
  };
}

type Used = Pick<Intent, 'generation' | 'thread_id'>;

const mostGenerations = 1_000;

/** Of a job that was over: the thread that its last turn's record names, or that of the turn to be asked once more. */
function lastUsed(job: Job, batchId: string): Used | null {
  const replaced = job.turns.find(({ replaces }) => replaces !== null)?.replaces;
  const id = job.threadId ?? replaced?.thread_id ?? null;
  if (id === null) return null;
  let generation = 0;
  while (generation < mostGenerations && threadId(batchId, job, generation) !== id) generation += 1;
  // Another's choice of id: then ours were never used.
  return { generation: generation === mostGenerations ? 0 : generation, thread_id: id };
}

function earlierIds(job: Job, batchId: string, { generation, thread_id }: Used): string[] {
  const isOurs = thread_id === null || thread_id === threadId(batchId, job, generation);
  return isOurs ? Array.from({ length: generation }, (_, at) => threadId(batchId, job, at)) : [];
}

export const isFirstTurn = ({ job, turn }: Asking): boolean => job.turns[0] === turn;

export const threadIdOf = ({ parts, job, thread }: Asking): string =>
  thread.id ?? threadId(parts.settings.batchId, job, thread.generation);

/** The run of the turn at hand, as the server knows it. */
export const soughtBy = (asking: Asking): Sought => ({
  threadId: threadIdOf(asking),
  keys: asking.keys,
  since: asking.thread.since,
});

/** Notes what is at hand; resolves once it is durable. */
export const note = (
  { job, parts, thread, turn, attempt }: Omit<Asking, 'keys'>,
  mark: Intent['mark'],
  attempts = attempt.attempt + thread.missed,
): Promise<void> => {
  const { answers } = thread;
  const intent = { ...placeOfJob(job, thread), mark, ...placeOfTurn(turn, attempts) };
  return parts.intents.note(answers.length === 0 ? intent : { ...intent, answers });
};

const placeOfJob = ({ key, trial }: Job, { generation, id, way }: JobThread) => ({
  key,
  trial,
  generation,
  thread_id: id,
  way,
});

const placeOfTurn = ({ turn, revision }: Turn, attempt: number) => ({ turn: turn ?? 1, revision, attempt });

/** Makes the job's thread, which runs nothing and may be repeated, and notes it before any run is asked for. */
export async function makeThread(asking: Omit<Asking, 'keys'>): Promise<void> {
  const { job, parts, thread, attempt } = asking;
  if (!thread.made) {
    const chosen = threadId(parts.settings.batchId, job, thread.generation);
    // Another id than ours was given by a server that takes none, and noted: that is the thread.
    if (thread.id === null || thread.id === chosen) {
      if (parts.doubtful.delete(job)) await note(asking, 'doubtful', 0);
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
    await note(asking, 'doubtful');
  }
  throw error;
}

const mayComeLate = ({ kind, status }: Failure): boolean =>
  kind === 'reset' || kind === 'timeout' || kind === 'cancelled' || (status ?? 0) >= 500;

const never = new AbortController().signal;

/**
 * Deletes the threads where they are not to be kept. False: one is still there, a later start tries again.
 * A thread whose run waits for a human, or may still run, is never deleted.
 */
export async function closeThread(
  job: Job,
  parts: ConversationParts,
  thread: JobThread,
  outcomes: readonly OutcomeName[],
): Promise<boolean> {
  if (thread.id === null && thread.earlier.length === 0) return true;
  if (isToDelete(job, parts.settings.threads, outcomes)) {
    const isProved = outcomes.every((outcome) => outcome === 'success');
    const isGone = thread.id === null || (await isDeleted(parts, thread.id, isProved));
    const areGone = await Promise.all(thread.earlier.map((id) => isDeleted(parts, id, false)));
    if (!isGone || areGone.includes(false)) return false;
  }
  // Nobody waits: without the mark a later start deletes once more what is gone. A full disk shows at the records.
  const turn = { turn: 1, revision: 1, attempt: 0 }; // it says nothing of one
  parts.intents.note({ ...placeOfJob(job, thread), mark: 'closed', ...turn }).catch(() => {});
  return true;
}

/** Of a thread that is ready for its first turn, and the batch stops: the next start need not look at it. */
export async function leaveThread(job: Job, parts: ConversationParts, thread: JobThread): Promise<void> {
  const [first] = job.turns;
  const isReady = thread.made && !thread.isAsked && !thread.unknown;
  if (!isReady || first === undefined || thread.turn !== first || thread.way !== 'input') return;
  await parts.intents.note({ ...placeOfJob(job, thread), mark: 'idle', ...placeOfTurn(first, 0) });
}

/** @param isIdle Is that known? Else it is asked for. */
async function isDeleted(
  { server, settings, runtime }: ConversationParts,
  threadId: string,
  isIdle: boolean,
): Promise<boolean> {
  const call = { deadline: runtime.now() + settings.idleTimeoutMs, signal: never };
  try {
    const status = isIdle ? 'idle' : ((await server.thread(call, threadId))?.status ?? 'gone');
    if (status === 'busy') return false;
    if (status !== 'interrupted' && status !== 'gone') await server.deleteThread(call, threadId);
    return true;
  } catch (error) {
    if (error instanceof RequestError) return false;
    throw error;
  }
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
