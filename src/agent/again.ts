/**
 * A turn that is asked once more, because its agent failed or a person wants it so (docs/design/delivery.md). The first
 * turn begins anew on another thread; a later one from the state before it, on its own, since the turns before it are
 * there; or the agent goes on from the step that failed.
 */

import { scriptedIn } from '../asked.ts';
import { RequestError } from '../errors.ts';
import type { Intent, Job, Turn } from '../types.ts';
import { beginDecided, forgetAnswers } from './answering.ts';
import { turnKeys } from './conversation.ts';
import { failure } from './failures.ts';
import { successOf } from './follow.ts';
import { type Asking, isFirstTurn, type JobThread, threadIdOf } from './job-thread.ts';
import { beforeNext } from './messages.ts';
import { patiently } from './patience.ts';
import { plainStart, type ThreadStart } from './request.ts';
import type { Checkpoint, Run } from './resources.ts';

/** Nothing is known of a turn's run yet, but what an earlier start noted of it: the same attempt, asked in the same way. */
export function beginTurn(thread: JobThread, job: Job, turn: Turn): void {
  const isNext = thread.turn !== null;
  if (isNext)
    thread.scripted =
      turn.example === thread.turn?.example ? thread.scripted + scriptedIn(thread.answers) : 0;
  Object.assign(thread, { turn, again: null, runId: null, fault: null, partial: null });
  Object.assign(thread, { way: 'input', since: 0, missed: 0, answers: [], isWaiting: false });
  const { intent } = job;
  if (intent === null || !isOf(intent, turn)) return;
  thread.way = intent.way;
  thread.answers = intent.answers ?? [];
  thread.missed = Math.max(0, intent.attempt - 1 - (turn.replaces?.attempts.length ?? 0));
  if (intent.way !== 'input') thread.since = intent.attempt;
}

/** Was the turn, as it is asked now, begun by an earlier start, and is not known how that ended? */
export const isTakenUp = (thread: JobThread, { intent }: Job, turn: Turn): boolean =>
  thread.unknown && intent !== null && isOf(intent, turn);

const isOf = (intent: Intent, { turn, revision }: Turn): boolean =>
  intent.turn === (turn ?? 1) && intent.revision === revision;

/** The turn's attempts up to now are known, and this one is another beginning. */
export function beginAgain(asking: Asking): void {
  const { thread, keys } = asking;
  const { again } = thread;
  Object.assign(thread, { again: null, runId: null, fault: null, partial: null, unknown: false });
  thread.since = keys.attempt;
  if (again === 'answer') {
    beginDecided(asking);
    return;
  }
  if (again !== 'continue') forgetAnswers(thread);
  if (thread.id === null) return; // it came to no thread
  if (again === 'continue' || !isFirstTurn(asking)) {
    thread.way = again === 'continue' ? 'continue' : 'fork';
    thread.made = true; // long ago; were it made anew, it would be empty
    return;
  }
  thread.earlier.push(thread.id);
  thread.generation += 1;
  Object.assign(thread, { id: null, made: false, way: 'input', isStuck: false, before: null });
}

/** How the turn's run begins. Null: the thread is gone. @throws RequestError where only its state is. */
export async function startOfRun(asking: Asking): Promise<ThreadStart | null> {
  const { parts, thread, attempt } = asking;
  const { way, answers } = thread;
  if (way === 'input' && isFirstTurn(asking)) return plainStart;
  const threadId = threadIdOf(asking);
  const { server, runtime } = parts;
  let checkpointId: string | null = null;
  if (way === 'continue' || way === 'fork') {
    const runs = await patiently(runtime, attempt, () => server.runs(attempt, threadId));
    if (runs === null || runs.length === 0) return null;
    if (way === 'fork' || thread.before === null)
      checkpointId = (await learnBefore(asking, runs))?.id ?? null;
    if (way === 'fork' && checkpointId === null) throw new RequestError(stateGone);
  }
  if (thread.isStuck === null) {
    const there = await patiently(runtime, attempt, () => server.thread(attempt, threadId));
    thread.isStuck = (there?.heldAt ?? null) !== null;
  }
  // A server may refuse the run that would let go: so each later one says it.
  if (way === 'fork' && checkpointId !== null) thread.isStuck = true;
  return { way, checkpointId, isStuck: thread.isStuck && way !== 'fork', answers };
}

const stateGone = failure(
  'not_found',
  'STATE_GONE',
  'the server does not have the state before this turn any more, so the turn cannot begin anew; --retry-agent continue may go on',
);

/** The state that the turn before left, which is also told to the thread; null where the server has none. */
export async function learnBefore(asking: Asking, runs: readonly Run[] | null): Promise<Checkpoint | null> {
  const { job, parts, thread, turn, attempt } = asking;
  const previous = job.turns[job.turns.indexOf(turn) - 1];
  if (previous === undefined) return null;
  const run = successOf(runs, turnKeys(parts.settings, job, previous, 0));
  if (run === null) return null;
  const { server, runtime } = parts;
  const state = await patiently(runtime, attempt, () =>
    server.checkpoint(attempt, threadIdOf(asking), run.run_id),
  );
  if (state !== null) thread.before = beforeNext(state.values);
  return state;
}
