/** The life of a run on the scripted Agent Server: it starts, asks the agent, is cancelled, is deleted. */

import type { Json } from '../../src/types.ts';
import type { AgentContext } from './agent-replies.ts';
import {
  addCheckpoint,
  announce,
  apply,
  cutShort,
  fail,
  latest,
  publish,
  publishIn,
  succeed,
  type Turn,
  untilAborted,
} from './server-outcomes.ts';
import { isObject, isOver, mergeState, now, type Run, type Thread, type World } from './server-state.ts';

const textOf = (content: Json | undefined): string =>
  typeof content === 'string' ? content : content === undefined ? '' : JSON.stringify(content);

/** What a human answered: of the only interrupt its own value, where it is named. */
function resumeOf(thread: Thread, run: Run): Json | undefined {
  const [only, ...others] = latest(thread)?.task?.interrupts ?? [];
  if (only === undefined || others.length > 0 || !isObject(run.resume)) return run.resume;
  const id = String(only['id']);
  return id in run.resume ? run.resume[id] : run.resume;
}

function contextOf({ world, thread, run }: Turn): AgentContext {
  const values = latest(thread)?.values ?? {};
  const messages = (Array.isArray(values['messages']) ? values['messages'] : []).filter(isObject);
  const prompt = textOf(messages.findLast((message) => message['type'] === 'human')?.['content']);
  const question = prompt === '' ? JSON.stringify(values) : prompt;
  const attempt = (world.asked.get(question) ?? 0) + 1;
  world.asked.set(question, attempt);
  return {
    input: run.input,
    messages,
    prompt,
    thread: thread.thread_id,
    run: run.run_id,
    metadata: run.metadata,
    attempt,
    resume: resumeOf(thread, run),
    signal: run.abort.signal,
  };
}

/** Puts the input into the state. False where there is nothing for the agent to do. */
function takeInput(turn: Turn): boolean {
  const { world, thread, run } = turn;
  publish(run, 'metadata', { run_id: run.run_id, attempt: 1 });
  const isContinue = run.input === null && run.resume === undefined;
  if (isContinue && latest(thread) === undefined) {
    fail(turn, { name: 'EmptyInputError', message: 'Received no input writes for "__start__"' });
    return false;
  }
  if (run.input !== null && !isObject(run.input)) {
    const message = `Expected node "__start__" to return an object, received ${typeof run.input}`;
    fail(turn, { name: 'InvalidUpdateError', message });
    return false;
  }
  if (run.input !== null && run.resume === undefined) {
    addCheckpoint(turn, mergeState(latest(thread)?.values ?? {}, run.input, world), false);
  }
  publishIn('values', run, latest(thread)?.values ?? {});
  const isUnfinished = (latest(thread)?.task ?? null) !== null;
  if (!isUnfinished) succeed(turn);
  return isUnfinished;
}

async function ask(turn: Turn): Promise<void> {
  const { world, run } = turn;
  run.executed = true;
  try {
    const answer = world.agent(contextOf(turn));
    const reply = answer instanceof Promise ? await untilAborted(answer, run.abort.signal) : answer;
    if (reply !== undefined) await apply(turn, reply);
  } catch (error) {
    if (!isOver(run) && !run.deleted) fail(turn, error instanceof Error ? error : new Error(String(error)));
  }
}

/** Runs what waits on the thread, one after the other, unless one is running. */
export function startNext(world: World, thread: Thread): void {
  if (thread.runs.some((run) => run.status === 'running')) return;
  const run = thread.runs.find((one) => one.status === 'pending');
  if (run === undefined) return;
  run.status = 'running';
  thread.status = 'busy';
  const turn = { world, thread, run };
  if (takeInput(turn)) void ask(turn).then(() => startNext(world, thread));
  else startNext(world, thread);
}

/** Marks a run as cancelled and stops waiting for its agent. A finished one stays as it is. */
export function cancelRun(world: World, thread: Thread, run: Run): void {
  if (isOver(run)) return;
  run.abort.abort();
  if (run.status === 'running') {
    cutShort({ world, thread, run });
    return;
  }
  run.status = 'interrupted';
  run.updated_at = now();
  run.end();
  announce(run);
  world.changed();
}

/** Takes a run from its thread, with the checkpoints it wrote. */
export function removeRun(world: World, thread: Thread, run: Run): void {
  run.deleted = true;
  if (!isOver(run)) run.abort.abort();
  thread.runs.splice(thread.runs.indexOf(run), 1);
  const kept = thread.checkpoints.filter((checkpoint) => checkpoint.runId !== run.run_id);
  thread.checkpoints.splice(0, thread.checkpoints.length, ...kept);
  run.end();
  announce(run);
  world.changed();
}
