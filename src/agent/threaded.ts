/**
 * A conversation on a thread of its own, and the promise that each turn is accepted once (docs/design/delivery.md).
 * The thread's id is ours, so that a run whose answer was lost is found again.
 */

import type { Conversation, Try } from '../contracts.ts';
import { RequestError } from '../errors.ts';
import type { Job, Outcome, Turn } from '../types.ts';
import { beginAgain, beginTurn, isTakenUp, startOfRun } from './again.ts';
import { atStop, beginAnswer, isDecided, nextAnswers, withReason } from './answering.ts';
import { type ConversationParts, checkAssistant, leftInFlight, takePlace, turnKeys } from './conversation.ts';
import { failure, harmless } from './failures.ts';
import { atOnce, findRun } from './follow.ts';
import {
  type Asking,
  closeThread,
  leaveThread,
  makeThread,
  note,
  soughtBy,
  threadIdOf,
  threadOf,
} from './job-thread.ts';
import { beforeNext } from './messages.ts';
import { decide, isAsking } from './proof.ts';
import { giveUp, look, lookBack, placeOf, settle, take, threadGone } from './recovery.ts';
import { runBody } from './request.ts';
import { hasEnded } from './resources.ts';
import { failed } from './response.ts';
import type { RunAnswer } from './run-answer.ts';
import { whereItWaits } from './waiting.ts';

export function openThreaded(job: Job, parts: ConversationParts): Conversation {
  const thread = threadOf(job, parts.settings.batchId);
  const begin = (turn: Turn, attempt: Try) => {
    if (thread.turn !== turn) beginTurn(thread, job, turn);
    if (attempt.again === null || isTakenUp(thread, job, turn)) return;
    thread.again = isDecided(parts, turn, attempt) ? 'answer' : attempt.again;
  };
  return {
    prepare: async (turn, attempt) => {
      begin(turn, attempt);
      // What an earlier try left is looked at first, and that is no preparation.
      if (thread.unknown || thread.made || thread.again !== null) return;
      attempt.begin();
      await makeThread({ job, parts, thread, turn, attempt });
    },
    ask: async (turn, attempt) => {
      begin(turn, attempt);
      const keys = turnKeys(parts.settings, job, turn, attempt.attempt + thread.missed);
      const outcome = await askToEnd({ job, parts, thread, turn, attempt, keys });
      thread.unknown = false;
      if (outcome.outcome === 'success') thread.before = beforeNext(outcome.output);
      return outcome;
    },
    leave: async () => leaveThread(job, parts, thread),
    close: (outcomes) => closeThread(job, parts, thread, outcomes),
  };
}

/** Asks, and answers what the run asks in turn, as long as somebody answers. */
async function askToEnd(asking: Asking): Promise<Outcome> {
  const { attempt } = asking;
  let outcome = await ask(atStop(asking));
  const { sentAt } = attempt;
  while (outcome.outcome === 'interrupted') {
    const next = nextAnswers(asking, outcome);
    if ('why' in next) return next.why === null ? outcome : withReason(outcome, next.why);
    beginAnswer(asking, next.answers);
    outcome = await ask(atStop(asking)).finally(() => {
      attempt.sentAt = sentAt; // the turn's latency is that of all its runs
    });
  }
  return outcome;
}

async function ask(at: Asking): Promise<Outcome> {
  const { thread, attempt, parts } = at;
  try {
    attempt.threadId = thread.id;
    attempt.answers = thread.answers;
    const found = thread.again === null ? await findEarlier(at) : await lookBack(at);
    if (found === null && thread.again !== null) beginAgain(at);
    attempt.answers = thread.answers;
    if (found !== null) return found;
    const asking = atStop(at); // it may begin otherwise than it was looked for
    await takePlace(parts, attempt);
    attempt.begin();
    await makeThread(asking);
    return await fire(asking);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    if (!thread.unknown) throw error;
    if (error.failure.code === 'TIMEOUT') return giveUp(at, error.partial);
    // A request that itself ran nothing failed, while an earlier one may have run: then the turn may have.
    throw error.as({ ...error.failure, may_have_run: true, uncertain: true });
  }
}

/** What an earlier try of this turn, or an earlier start, may have left on the server. Null: nothing. */
async function findEarlier(asking: Asking): Promise<Outcome | null> {
  const { thread, attempt, parts, keys } = asking;
  if (!thread.unknown) return null;
  attempt.begin();
  const found = thread.runId === null ? await look(asking) : await settle(asking, null);
  if (found !== null) return found;
  const isSent = parts.settings.delivery === 'at-most-once' && thread.sentTurn === keys.turn;
  if (!isSent || !thread.unknown) return null;
  return thread.fault === null ? leftInFlight : failed(thread.fault);
}

/** Sends the turn. From here on it may have run, until the server says otherwise. */
async function fire(asking: Asking): Promise<Outcome> {
  const { parts, thread, turn, keys, attempt } = asking;
  const { createRun, settings } = parts;
  const threadId = threadIdOf(asking);
  if (thread.way === 'answer' && !thread.isWaiting) {
    const elsewhere = await whereItWaits(asking);
    if (elsewhere !== null) return elsewhere;
  }
  const start = await startOfRun(asking);
  if (start === null) return threadGone(asking);
  // From where on a run is this beginning's: any of its attempts may yet be found.
  const noted = start.way === 'input' ? keys.attempt : thread.since;
  if (settings.delivery === 'at-most-once') {
    await note(asking, 'sent', noted);
    thread.sentTurn = keys.turn;
  } else if (start.way !== 'input') {
    await note(asking, 'made', noted);
  }
  thread.isAsked = true;
  let answer: RunAnswer;
  try {
    answer = await createRun(attempt, threadId, runBody(settings.run, keys, turn, start));
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    return afterFault(asking, error);
  }
  // Of what a kill would leave uncertain, or have repeated, there is never more than the slots: only what is found again may
  // be on its way to the journal beside them.
  // One that asks may be answered, which takes the slot again.
  if (settings.delivery === 'exactly-once' && !isAsking(answer)) attempt.release();
  thread.unknown = true; // until the server's own word on the run is read
  thread.runId = attempt.runId ?? (await findRun(parts, attempt, soughtBy(asking))).ours?.run_id ?? null;
  if (thread.runId !== null) return settle(asking, answer);
  const unseen = { run: null, thread: null, checkpoint: null, answer, unread: null };
  return decide(unseen, { place: placeOf(asking), said: answer });
}

/** The request brought no whole answer, or a refusal. */
async function afterFault(asking: Asking, error: RequestError): Promise<Outcome> {
  const { thread, attempt } = asking;
  const { may_have_run: mayHaveRun, code } = error.failure;
  if (!mayHaveRun) return afterRefusal(asking, error);
  thread.unknown = true;
  thread.isWaiting = false;
  thread.fault = error.failure;
  thread.runId = attempt.runId;
  thread.partial = error.partial;
  if (code === 'TIMEOUT' || code === 'BATCH_ABORTED') throw error;
  if (attempt.refused(error.failure, error.retryAfterMs)) throw error;
  // It was accepted, and only the connection is lost: the run is joined again, which is no new try.
  if (thread.runId !== null) return settle(asking, null);
  const found = await look(asking);
  if (found !== null) return found;
  if (thread.unknown) throw error;
  throw error.as(harmless(error.failure));
}

/** What a refusal means, only the server's other answers tell: one status stands for several things. */
async function afterRefusal(asking: Asking, error: RequestError): Promise<Outcome> {
  const { parts, thread, attempt } = asking;
  // It did not run: a later start may ask it. Nobody waits, for without the note it is only found uncertain.
  if (parts.settings.delivery === 'at-most-once') note(asking, 'made').catch(() => {});
  thread.sentTurn = null;
  const { status, message } = error.failure;
  if (status !== 404 && status !== 409 && status !== 422) throw error;
  if (status === 404) await checkAssistant(parts, attempt, message);
  const { runs, ours } = await findRun(parts, attempt, soughtBy(asking), atOnce);
  if (ours !== null) {
    thread.unknown = true;
    return take(asking, ours);
  }
  if (runs === null) return threadGone(asking);
  if (status === 404 || runs.every(hasEnded)) throw error;
  // A local server says 422 here: one code for both.
  const busy = failure('http', 'HTTP_409', `another run is on the thread: ${message}`, { status });
  throw new RequestError(busy);
}
