/**
 * A run that waits for a human is answered: by a request like any other that creates a run (docs/design/delivery.md). What
 * it is answered is noted, durably, before that is sent, so that a later start finds its run, or sends the very same.
 */

import type { Answered, Reply, Try } from '../contracts.ts';
import type { Outcome, Turn } from '../types.ts';
import { lastStop, withNext } from './answers.ts';
import type { ConversationParts } from './conversation.ts';
import type { Asking, JobThread } from './job-thread.ts';

/** The same, with the keys of the run that answers the turn's last stop, or asks it. */
export function atStop(asking: Asking): Asking {
  const stop = lastStop(asking.thread.answers);
  return (asking.keys.stop ?? 0) === stop ? asking : { ...asking, keys: { ...asking.keys, stop } };
}

/** Did a person decide what the run of its record, which waits, is answered? Asked of the first attempt alone. */
export function isDecided({ settings }: ConversationParts, { replaces }: Turn, attempt: Try): boolean {
  if (replaces === null || attempt.attempt !== replaces.attempts.length + 1) return false;
  return (settings.answering?.decided(replaces) ?? null) !== null;
}

/** The answers to what a run asks; or why it gets none. */
export function nextAnswers({ parts, turn, thread }: Asking, { interrupts, failure: why }: Outcome): Reply {
  const { answering } = parts.settings;
  // Nothing that could be sent authorises a tool.
  if (answering === undefined || why?.code === 'AUTH_REQUIRED') return { why: null };
  return answering.reply({ turn, interrupts, given: thread.answers, scripted: thread.scripted });
}

/** The run that waits is to be answered; its own end is known. */
export function beginAnswer({ thread, attempt, keys }: Asking, answers: readonly Answered[]): void {
  thread.answers = withNext(thread.answers, answers);
  thread.isWaiting = true;
  Object.assign(thread, { way: 'answer', since: keys.attempt, unknown: false, made: true });
  Object.assign(thread, { runId: null, fault: null, partial: null });
  // They are those of the run before.
  attempt.runId = null;
  attempt.status = null;
  attempt.answeredAt = null;
}

/** The same, as a person decided it for the turn's record. */
export function beginDecided({ parts, thread, turn }: Asking): void {
  const { replaces } = turn;
  const decided = replaces === null ? null : (parts.settings.answering?.decided(replaces) ?? null);
  if (replaces === null || decided === null) throw new Error('Expected a turn that a person decided on');
  thread.answers = withNext(replaces.answers ?? [], decided);
  Object.assign(thread, { way: 'answer', isWaiting: false, made: true });
}

/** The turn begins anew, and so do the answers to what it asks. */
export function forgetAnswers(thread: JobThread): void {
  Object.assign(thread, { way: 'input', since: 0, answers: [], isWaiting: false });
}

/** An outcome that waits, with why nobody answered. */
export function withReason(outcome: Outcome, why: string): Outcome {
  const { failure: was } = outcome;
  return was === null ? outcome : { ...outcome, failure: { ...was, message: `${was.message} (${why})` } };
}
