/**
 * A conversation on a thread of its own, and the promise that each turn is accepted once (docs/design/delivery.md).
 *
 * The thread's id is ours, so that a run whose answer was lost is found again: before anything is sent a second
 * time, the thread is looked at. A thread found without a run is given up before another one is used, so that a
 * request still under way in some proxy finds no thread and is refused.
 */

import type { Conversation, Try } from '../contracts.ts';
import { RequestError } from '../errors.ts';
import type { Intent, Job, Outcome, OutcomeName, Turn } from '../types.ts';
import { type ConversationParts, callOf, marksOf, turnKeys } from './conversation.ts';
import { failure } from './failures.ts';
import { atOnce, findRun, followRun, giveUpRun, proveRun } from './proof.ts';
import { runBody, type TurnKeys, threadId, threadMetadata } from './request.ts';
import { errorOutcome, messageCount, turnPlace } from './response.ts';
import type { RunAnswer } from './server.ts';
import { leftInFlight } from './stateless.ts';

/** What is known of a job's thread. */
interface Place {
  generation: number;
  /** Null: not made by this start, and no earlier one noted it. */
  threadId: string | null;
  /** Was it made, or found, by this start? */
  made: boolean;
  /** May a run of the turn at hand be on the thread, unseen? */
  unknown: boolean;
  /** The turn whose request may have been accepted last. */
  sentTurn: number | null;
  /** The run of the turn at hand, once it is known. */
  runId: string | null;
  /** Messages in the thread's state before the turn at hand. */
  messages: number;
}

/** One turn being asked, and all it needs. */
interface Asking {
  readonly job: Job;
  readonly parts: ConversationParts;
  readonly place: Place;
  readonly turn: Turn;
  readonly keys: TurnKeys;
  readonly attempt: Try;
}

export function openThreaded(job: Job, parts: ConversationParts): Conversation {
  const { intent } = job;
  const place: Place = {
    generation: intent?.generation ?? 0,
    threadId: intent?.thread_id ?? null,
    made: false,
    unknown: intent !== null,
    sentTurn: intent?.mark === 'sent' ? intent.turn : null,
    runId: null,
    messages: 0,
  };

  return {
    ask: async (turn, attempt) => {
      attempt.begin();
      if (attempt.attempt === 1) place.runId = null;
      const asking = { job, parts, place, turn, attempt, keys: turnKeys(parts.settings, job, turn, attempt) };
      const outcome = await ask(asking);
      place.unknown = false;
      place.messages = messageCount(outcome.output) ?? place.messages;
      return outcome;
    },
    close: (outcomes) => closeThread(job, parts, place, outcomes),
  };
}

async function ask(asking: Asking): Promise<Outcome> {
  const { place, attempt } = asking;
  try {
    attempt.threadId = place.threadId;
    if (place.runId !== null) return await follow(asking);
    if (place.unknown) {
      const found = await look(asking);
      if (found !== null) return found;
    }
    await makeThread(asking);
    return await fire(asking);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    const mayRun = place.unknown || place.runId !== null;
    if (error.failure.code === 'TIMEOUT' && mayRun) return giveUp(asking, error);
    throw mayRun ? unproven(error) : error;
  }
}

/** A request that itself ran nothing failed, while an earlier one may have run: then the turn may have. */
function unproven({ failure: why, retryAfterMs, partial, cause }: RequestError): RequestError {
  return new RequestError({ ...why, may_have_run: true, uncertain: true }, { retryAfterMs, partial, cause });
}

/**
 * Looks whether a run of this turn is on the thread, before anything is sent again.
 * Null: nothing of it is there, nothing can come any more, and the turn may be sent.
 */
async function look(asking: Asking): Promise<Outcome | null> {
  const { job, parts, place, keys, attempt } = asking;
  const { delivery } = parts.settings;
  if (job.intent?.mark === 'abandoned' && !place.made) {
    await abandon(asking); // an earlier start may have died between its note and the delete
    return null;
  }
  const { runs, ours } = await findRun(parts, callOf(attempt), idOf(asking), keys);
  if (ours !== null) {
    place.runId = ours.run_id;
    return follow(asking);
  }
  if (delivery === 'at-least-once') return null;
  if (delivery === 'at-most-once') return place.sentTurn === keys.turn ? leftInFlight : null;
  // With an earlier turn recorded the conversation is lost with its thread.
  const isLost = parts.settings.isLocal && job.turns.every((turn) => turn.recorded === null);
  if (runs === null && !isLost) return threadGone;
  if (runs === null || runs.length === 0) await abandon(asking);
  return null;
}

const threadGone: Outcome = errorOutcome(
  failure('not_found', 'THREAD_GONE', 'the thread is gone, and nobody can tell whether the turn ran on it', {
    mayHaveRun: true,
    uncertain: true,
  }),
);

/** Gives up a thread that holds no run: a request for it that is still under way will be refused. */
async function abandon(asking: Asking): Promise<void> {
  const { parts, place, attempt } = asking;
  await note(asking, 'abandoned');
  await parts.server.deleteThread(callOf(attempt), idOf(asking));
  place.generation += 1;
  place.threadId = null;
  place.made = false;
}

const idOf = ({ parts, job, place }: Asking): string =>
  place.threadId ?? threadId(parts.settings.batchId, job, place.generation);

const note = (
  { job, parts, place }: Pick<Asking, 'job' | 'parts' | 'place'>,
  mark: Intent['mark'],
  sent?: TurnKeys,
) =>
  parts.intents.note({
    key: job.key,
    trial: job.trial,
    mark,
    generation: place.generation,
    thread_id: place.threadId,
    turn: sent?.turn ?? null,
    attempt: sent?.attempt ?? null,
  });

/** Makes the job's thread, which runs nothing and may be repeated, and notes it before any run is asked for. */
async function makeThread(asking: Asking): Promise<void> {
  const { job, parts, place, attempt, keys } = asking;
  if (!place.made) {
    const metadata = threadMetadata(keys, job);
    // Where the server takes no ids of ours, an id of its own that is noted already is the thread.
    const own =
      place.threadId !== null && place.threadId !== threadId(parts.settings.batchId, job, place.generation);
    if (!own) place.threadId = await threadOf(asking, metadata);
    const noted = note(asking, 'made');
    // At-least-once needs no note before it sends; it is only there to clean up later.
    if (parts.settings.delivery !== 'at-least-once') await noted;
    place.made = true;
  }
  attempt.threadId = place.threadId;
}

async function threadOf(
  { parts, attempt, job, place }: Asking,
  metadata: Parameters<ConversationParts['server']['makeThread']>[2],
) {
  const { server, settings } = parts;
  try {
    return await server.makeThread(
      callOf(attempt),
      threadId(settings.batchId, job, place.generation),
      metadata,
    );
  } catch (error) {
    if (!(error instanceof RequestError) || error.failure.kind !== 'invalid') throw error;
    return server.makeThread(callOf(attempt), null, metadata);
  }
}

/** Sends the turn. From here on it may have run, until the server says otherwise. */
async function fire(asking: Asking): Promise<Outcome> {
  const { parts, place, turn, keys, attempt } = asking;
  const { server, limit, runtime, settings } = parts;
  await limit.take(attempt.signal);
  if (settings.delivery === 'at-most-once') await note(asking, 'sent', keys);
  place.sentTurn = keys.turn;
  let answer: RunAnswer;
  try {
    const body = runBody(settings.run, keys, turn, true);
    answer = await server.createRun(callOf(attempt), idOf(asking), body, marksOf(attempt, runtime));
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    return afterFault(asking, error);
  }
  place.unknown = true; // until the server's own word on the run is read
  place.runId =
    attempt.runId ?? (await findRun(parts, callOf(attempt), idOf(asking), keys)).ours?.run_id ?? null;
  if (place.runId === null) {
    throw new RequestError(
      failure('protocol', 'UNEXPECTED_ANSWER', 'an answer came, but no run of it is to be found'),
    );
  }
  attempt.runId = place.runId;
  return proveRun(parts, callOf(attempt), runOf(asking), answer);
}

/** The request brought no whole answer, or a refusal. */
async function afterFault(asking: Asking, error: RequestError): Promise<Outcome> {
  const { parts, place, keys, attempt } = asking;
  const { status, may_have_run: mayHaveRun, code } = error.failure;
  if (attempt.runId !== null) {
    // It was accepted: only the connection is lost. The run is joined again, which is no new try.
    place.runId = attempt.runId;
    if (code === 'TIMEOUT' || code === 'BATCH_ABORTED') throw error;
    return follow(asking);
  }
  if (mayHaveRun) {
    place.unknown = true;
    throw error;
  }
  if (status === 409 || status === 422) {
    // Busy, or refused for its input: with which, only the thread's runs tell.
    const { ours } = await findRun(parts, callOf(attempt), idOf(asking), keys, atOnce);
    if (ours === null) throw error;
    place.runId = ours.run_id;
    return follow(asking);
  }
  if (status === 404) return notFound(asking, error);
  throw error;
}

/** 404: only the assistant's is the whole batch's; a thread's is this job's alone. */
async function notFound({ parts, attempt, place }: Asking, error: RequestError): Promise<Outcome> {
  const { server, settings } = parts;
  if ((await server.assistant(callOf(attempt), settings.run.assistantId)) === null) {
    throw new RequestError(failure('not_found', 'AGENT_NOT_FOUND', error.failure.message, { status: 404 }));
  }
  if (place.threadId !== null && (await server.thread(callOf(attempt), place.threadId)) === null) {
    return errorOutcome(
      failure('not_found', 'THREAD_GONE', 'somebody deleted the thread before the turn was sent', {
        status: 404,
      }),
    );
  }
  throw error;
}

/** The run of the turn at hand, as the proof takes it. */
function runOf(asking: Asking) {
  const { parts, place, turn, keys, attempt } = asking;
  return {
    threadId: idOf(asking),
    runId: place.runId ?? '',
    place: turnPlace(turn.input, keys, place.messages),
    idleTimeoutMs: parts.settings.idleTimeoutMs,
    attempt,
  };
}

async function follow(asking: Asking): Promise<Outcome> {
  const { parts, place, attempt } = asking;
  attempt.runId = place.runId;
  attempt.sentAt ??= parts.runtime.now();
  return followRun(parts, callOf(attempt), runOf(asking));
}

/** The turn's time is over: the run is cancelled as well as the server can. */
async function giveUp(asking: Asking, error: RequestError): Promise<Outcome> {
  const { parts, keys, place, attempt } = asking;
  const ended = await giveUpRun(parts, attempt.signal, { threadId: idOf(asking), runId: place.runId }, keys);
  const why = { ...error.failure, may_have_run: true, uncertain: !ended };
  return errorOutcome(why, { response: error.partial });
}

/**
 * Deletes the thread where it is not to be kept. False: it is still there, a later start tries again.
 * A thread whose run waits for a human, or may still run, is never deleted.
 */
async function closeThread(
  job: Job,
  parts: ConversationParts,
  place: Place,
  outcomes: readonly OutcomeName[],
): Promise<boolean> {
  const { server, settings, runtime } = parts;
  if (place.threadId === null) return true;
  const single = job.turns.length === 1 && job.turns[0]?.turn === null;
  const deletes =
    settings.threads === 'delete'
      ? !outcomes.includes('interrupted')
      : settings.threads === 'auto' && single && outcomes.every((outcome) => outcome === 'success');
  if (deletes) {
    const call = { deadline: runtime.now() + settings.idleTimeoutMs, signal: new AbortController().signal };
    try {
      if (!outcomes.every((outcome) => outcome === 'success')) {
        const thread = await server.thread(call, place.threadId);
        if (thread?.status === 'busy') return false;
      }
      await server.deleteThread(call, place.threadId);
    } catch (error) {
      if (error instanceof RequestError) return false;
      throw error;
    }
  }
  await note({ job, parts, place }, 'closed');
  return true;
}
