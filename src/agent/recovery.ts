/**
 * What is done before anything is sent a second time (docs/design/delivery.md): the thread is looked at. A run of
 * the turn that is there is followed. A thread without any run is given up before another one is used, so that a
 * request still under way in some proxy finds no thread and is refused.
 */

import type { Outcome } from '../types.ts';
import { learnBefore } from './again.ts';
import { forgetAnswers } from './answering.ts';
import { lastStop } from './answers.ts';
import { editedInFlight } from './conversation.ts';
import { failure, unproven } from './failures.ts';
import { atOnce, attemptOf, cancelRun, findRun } from './follow.ts';
import { type Asking, isFirstTurn, note, soughtBy, threadIdOf } from './job-thread.ts';
import { nothingBefore, type TurnPlace, turnPlace } from './messages.ts';
import { decide, proveRun } from './proof.ts';
import { isOfInput } from './request.ts';
import { hasEnded, type Run } from './resources.ts';
import { failed, type Said } from './response.ts';
import type { RunAnswer } from './run-answer.ts';

/**
 * Looks for a run of this turn, and gives its outcome.
 * Null: none is there. `thread.unknown` is false then where none can come any more.
 */
export async function look(asking: Asking): Promise<Outcome | null> {
  const { parts, thread, attempt } = asking;
  // An earlier start may have died between its note and the delete.
  if (thread.isAbandoned && !thread.made && isFirstTurn(asking)) return abandon(asking);
  const { runs, ours } = await findRun(parts, attempt, soughtBy(asking));
  if (thread.before === null) await learnBefore(asking, runs);
  if (ours !== null) return take(asking, ours);
  const isEmpty = runs === null || runs.length === 0;
  if (runs === null || (isEmpty && !(isFirstTurn(asking) && thread.answers.length === 0))) {
    if (!mayBeginAnew(asking)) return threadGone(asking);
    thread.made = false;
    forgetAnswers(thread); // what they answered is lost with it
  }
  return isEmpty && parts.settings.delivery === 'exactly-once' ? abandon(asking) : null;
}

/** A run of this turn that an earlier try, or an earlier start, asked for: its outcome, unless the row is another one now. */
export async function take(asking: Asking, run: Run): Promise<Outcome> {
  const { thread, attempt, keys } = asking;
  if (thread.isAbandoned) {
    // Not given up after all.
    thread.made = true;
    thread.isAbandoned = false;
    await note(asking, 'made');
  }
  thread.runId = run.run_id;
  attempt.runId = run.run_id;
  // An earlier start came further with it: the next attempt is counted from there.
  thread.missed += Math.max(0, attemptOf(run) - keys.attempt);
  return isOfInput(run.metadata, keys) ? settle(asking, null) : editedInFlight;
}

/**
 * A turn that is asked once more and whose end was unknown: its run may have ended well since, or be under way still;
 * then it is the turn's, and nothing is asked. Null: nothing that would count.
 */
export async function lookBack(asking: Asking): Promise<Outcome | null> {
  const { parts, thread, attempt, turn } = asking;
  const { replaces } = turn;
  if (!replaces?.failure?.uncertain || thread.id === null) return null;
  const keys = { ...asking.keys, revision: replaces.revision, stop: lastStop(replaces.answers ?? []) };
  attempt.begin();
  const { runs, ours } = await findRun(parts, attempt, { threadId: thread.id, keys, since: 0 }, atOnce);
  const mayCount = ours !== null && (ours.status === 'success' || !hasEnded(ours));
  if (!mayCount || !isOfInput(ours.metadata, keys)) return null;
  if (thread.before === null) await learnBefore(asking, runs);
  thread.unknown = true; // until it is known how it ended
  thread.runId = ours.run_id;
  const outcome = await settle({ ...asking, keys }, null);
  return outcome.outcome === 'error' ? null : outcome;
}

/** The thread is gone. May the turn have another one? Not where an earlier turn is lost with it. */
function mayBeginAnew(asking: Asking): boolean {
  const { parts, thread, keys } = asking;
  if (!isFirstTurn(asking) || thread.answers.some(({ by }) => by === 'person')) return false;
  switch (parts.settings.delivery) {
    case 'at-least-once':
      return true;
    case 'at-most-once':
      return thread.sentTurn !== keys.turn;
    case 'exactly-once':
      return parts.settings.isLocal; // the server ended since, and its runs with it
  }
}

/** Somebody deleted the thread: with the turn's run on it, or before it was sent. */
export function threadGone({ job, thread }: Asking): Outcome {
  const mayHaveRun = thread.unknown && (job.intent !== null || thread.made);
  return failed(
    mayHaveRun
      ? failure(
          'not_found',
          'THREAD_GONE',
          'the thread is gone, and nobody can tell whether the turn ran on it',
          unproven,
        )
      : failure('not_found', 'THREAD_GONE', 'somebody deleted the thread before the turn was sent'),
  );
}

/**
 * Gives up a thread that holds no run: a request for it that is still under way will be refused. Looks once more
 * right before, for one may have come while the note was written; its outcome is given then.
 */
async function abandon(asking: Asking): Promise<Outcome | null> {
  const { parts, thread, attempt } = asking;
  await note(asking, 'abandoned');
  thread.isAbandoned = true;
  const { ours } = await findRun(parts, attempt, soughtBy(asking), atOnce);
  if (ours !== null) return take(asking, ours);
  await parts.server.deleteThread(attempt, threadIdOf(asking));
  thread.generation += 1;
  thread.id = null;
  thread.made = false;
  thread.isAbandoned = false;
  thread.unknown = false;
  return null;
}

/** How the turn's run ended, by the server's own word. @param answer Null where it was lost. */
export async function settle(asking: Asking, answer: RunAnswer | null): Promise<Outcome> {
  const { parts, thread, attempt } = asking;
  attempt.runId = thread.runId;
  attempt.sentAt ??= parts.runtime.now();
  const at = { threadId: threadIdOf(asking), runId: thread.runId ?? '' };
  const facts = await proveRun(parts, attempt, at, answer);
  return decide(facts, { place: placeOf(asking), said: saidBy(answer, thread.partial) });
}

/** @param partial Of an earlier try, where this one tells no text. */
const saidBy = (answer: RunAnswer | null, partial: string | null): Said =>
  answer !== null && partial === null ? answer : { text: answer?.text ?? partial };

export function placeOf(asking: Asking): TurnPlace {
  const { thread, turn, keys } = asking;
  return turnPlace(turn.input, keys, isFirstTurn(asking) ? nothingBefore : thread.before);
}

/** The turn's time is over: its run is cancelled as well as the server can. */
export async function giveUp(asking: Asking, partial: string | null): Promise<Outcome> {
  const { parts, thread, attempt } = asking;
  const at = { ...soughtBy(asking), runId: thread.runId };
  const ended = await cancelRun(parts, attempt.signal, at);
  const message = ended
    ? 'no result within --timeout; the run was cancelled'
    : 'no result within --timeout, and the run could not be seen to end';
  const why = failure('timeout', 'TIMEOUT', message, { mayHaveRun: true, uncertain: !ended });
  return { ...failed(why), response: partial ?? thread.partial };
}
