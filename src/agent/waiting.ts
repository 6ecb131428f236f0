/** Whether a thread waits still for what it is about to be answered, where an earlier start saw it wait. */

import type { Failure, Outcome } from '../types.ts';
import { learnBefore } from './again.ts';
import { answersBefore, answersOfLastStop } from './answers.ts';
import { failure } from './failures.ts';
import { newestOf } from './follow.ts';
import { readInterrupts } from './interrupts.ts';
import { type Asking, threadIdOf } from './job-thread.ts';
import { patiently } from './patience.ts';
import { take } from './recovery.ts';
import { isOfBatch } from './request.ts';
import { failed } from './response.ts';

/**
 * Does the thread wait for these answers still, of which that is not known? Null: it does. Else how the turn ended: what
 * somebody answered meanwhile is not answered again.
 */
export async function whereItWaits(asking: Asking): Promise<Outcome | null> {
  const { parts, thread, attempt } = asking;
  const { server, runtime } = parts;
  const threadId = threadIdOf(asking);
  const there = await patiently(runtime, attempt, () => server.thread(attempt, threadId));
  // After it: where it is busy with our own answer, that run is listed.
  const runs = await patiently(runtime, attempt, () => server.runs(attempt, threadId));
  if (there === null || runs === null) {
    attempt.answers = answersBefore(thread.answers);
    return failed(goneMeanwhile);
  }
  const ours = newestOf(runs, asking.keys, thread.since);
  if (ours !== null) {
    thread.unknown = true;
    return take(asking, ours);
  }
  if (thread.before === null) await learnBefore(asking, runs);
  const ids = new Set(readInterrupts(there.interrupts).map(({ id }) => id));
  const isThere = answersOfLastStop(thread.answers).every(
    ({ interrupt_id: id }) => id === null || ids.has(id),
  );
  const isForeign = runs.some(({ metadata }) => !isOfBatch(metadata, parts.settings.batchId));
  if (there.status !== 'interrupted' || !isThere || isForeign) {
    attempt.answers = answersBefore(thread.answers);
    return failed(answeredElsewhere(there.status));
  }
  thread.isWaiting = true;
  return null;
}

const goneMeanwhile = failure(
  'not_found',
  'THREAD_GONE',
  'the thread that waited for a human is gone: nothing was sent',
  { mayHaveRun: true },
);

const answeredElsewhere = (status: string): Failure =>
  failure(
    'cancelled',
    'ANSWERED_ELSEWHERE',
    `somebody answered this run meanwhile, or went on with its thread (it is ${status} now): nothing was sent`,
    { mayHaveRun: true },
  );
