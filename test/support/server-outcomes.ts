/** What a scripted reply does to its run and its thread. */

import { randomUUID } from 'node:crypto';
import type { Json, JsonObject } from '../../src/types.ts';
import type { Reply } from './agent-replies.ts';
import {
  type Checkpoint,
  isObject,
  mergeState,
  now,
  type Run,
  type RunStatus,
  type Thread,
  type World,
} from './server-state.ts';

/** A run on its thread. */
export interface Turn {
  readonly world: World;
  readonly thread: Thread;
  readonly run: Run;
}

export const latest = (thread: Thread): Checkpoint | undefined => thread.checkpoints.at(-1);

export function announce(run: Run): void {
  for (const watch of run.watchers) watch();
}

export function publish(run: Run, event: string, data: Json): void {
  run.events.push({ event, data });
  announce(run);
}

export function publishIn(mode: string, run: Run, data: Json): void {
  const modes = run.kwargs['stream_mode'];
  if (Array.isArray(modes) && modes.includes(mode)) {
    publish(run, mode === 'messages-tuple' ? 'messages' : mode, data);
  }
}

export function addCheckpoint({ world, thread, run }: Turn, values: JsonObject, finished: boolean): void {
  const last = latest(thread);
  thread.checkpoints.push({
    id: randomUUID(),
    parentId: last?.id ?? null,
    runId: run.run_id,
    createdAt: now(),
    values,
    task: finished ? null : { id: randomUUID(), error: null, interrupts: [] },
    metadata: {
      ...run.metadata,
      graph_id: world.assistant.graph_id,
      assistant_id: run.assistant_id,
      run_id: run.run_id,
      thread_id: run.thread_id,
      run_attempt: 1,
      source: 'loop',
      step: thread.checkpoints.length,
    },
  });
}

function finish({ world, thread, run }: Turn, status: RunStatus): void {
  run.status = status;
  run.updated_at = now();
  thread.updated_at = run.updated_at;
  if (run.temporary) world.threads.delete(thread.thread_id);
  run.end();
  announce(run);
  world.changed();
}

/** Shows on the thread where its last checkpoint stands. */
function settleThread(thread: Thread, failed: boolean): void {
  const last = latest(thread);
  const task = last?.task ?? null;
  thread.values = last?.values;
  thread.interrupts = task === null ? {} : { [task.id]: task.interrupts };
  const waits = thread.runs.some((run) => run.status === 'pending');
  thread.status = failed ? 'error' : task !== null ? 'interrupted' : waits ? 'busy' : 'idle';
}

export function fail(turn: Turn, { name, message }: { name: string; message: string }): void {
  const last = latest(turn.thread);
  if (last?.task) last.task = { ...last.task, error: JSON.stringify({ message, name }) };
  publish(turn.run, 'error', { error: name, message });
  settleThread(turn.thread, true);
  finish(turn, 'error');
}

/** Ended by a cancel: the local server then shows neither values nor interrupts. */
export function cutShort(turn: Turn): void {
  const { world, thread } = turn;
  const isLocal = world.flavour === 'local';
  thread.values = isLocal ? undefined : latest(thread)?.values;
  thread.interrupts = isLocal ? undefined : {};
  thread.status = thread.runs.some((run) => run.status === 'pending') ? 'busy' : 'idle';
  finish(turn, 'interrupted');
}

/** Nothing was left to do: the thread's values are the answer. */
export function succeed(turn: Turn): void {
  settleThread(turn.thread, false);
  finish(turn, 'success');
}

const noCheckpointer =
  'No checkpointer set\n\nTroubleshooting URL: https://docs.langchain.com/oss/javascript/langgraph/MISSING_CHECKPOINTER/\n';

function interrupt(turn: Turn, reply: Extract<Reply, { does: 'interrupt' }>): void {
  const { world, thread, run } = turn;
  if (run.temporary && world.flavour === 'local' && reply.interrupts.length > 0) {
    fail(turn, { name: 'GraphValueError', message: noCheckpointer });
    return;
  }
  const before = latest(thread)?.values ?? {};
  const values = reply.adds.length === 0 ? before : mergeState(before, { messages: [...reply.adds] }, world);
  if (values !== before) {
    addCheckpoint(turn, values, false);
    publishIn('values', run, values);
  }
  const last = latest(thread);
  const asked = reply.interrupts.map(({ id, value }) => ({ id, value }));
  if (last?.task) last.task = { ...last.task, interrupts: asked };
  publishIn('updates', run, { __interrupt__: asked });
  publishIn('values', run, { ...(reply.withMessages ? values : {}), __interrupt__: asked });
  succeed(turn);
}

/** A message as its model streams it: usage and tool calls come with the last chunk. */
function publishChunks({ world, run }: Turn, message: JsonObject, tokens: readonly string[]): void {
  const where = { langgraph_node: 'agent', run_id: run.run_id };
  const type = world.flavour === 'local' ? 'ai' : 'AIMessageChunk';
  const { usage_metadata: _usage, tool_calls: _calls, ...bare } = message;
  tokens.forEach((content, index) => {
    const own = index === tokens.length - 1 ? message : bare;
    publishIn('messages-tuple', run, [{ ...own, content, type }, where]);
  });
}

function update(turn: Turn, reply: Extract<Reply, { does: 'update' }>): void {
  const { world, thread, run } = turn;
  const before = latest(thread)?.values ?? {};
  const values = mergeState(before, reply.update, world);
  const known = new Set(Array.isArray(before['messages']) ? before['messages'] : []);
  const all = Array.isArray(values['messages']) ? values['messages'] : [];
  const added = all.filter(isObject).filter((message) => !known.has(message));
  for (const message of added) {
    if (reply.tokens !== undefined && message === added.at(-1)) publishChunks(turn, message, reply.tokens);
    else publishIn('messages-tuple', run, [message, { langgraph_node: 'agent', run_id: run.run_id }]);
  }
  publishIn('updates', run, { agent: added.length > 0 ? { messages: added } : reply.update });
  addCheckpoint(turn, values, true);
  publishIn('values', run, values);
  succeed(turn);
}

/** Settles with the promise, or with undefined once the signal aborts. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
    promise.then(resolve, reject);
  });
}

/** Does what the reply says. A run that is cancelled or deleted meanwhile has ended by that. */
export async function apply(turn: Turn, reply: Reply): Promise<void> {
  const { signal } = turn.run.abort;
  switch (reply.does) {
    case 'update':
      return update(turn, reply);
    case 'error':
      return fail(turn, reply);
    case 'interrupt':
      return interrupt(turn, reply);
    case 'cancelled':
      return cutShort(turn);
    case 'timeout':
      settleThread(turn.thread, true);
      return finish(turn, 'timeout');
    case 'empty':
      addCheckpoint(turn, latest(turn.thread)?.values ?? {}, true);
      turn.run.emptyAnswer = reply.body;
      return succeed(turn);
    case 'later':
      await untilAborted(reply.when(signal), signal);
      return signal.aborted ? undefined : apply(turn, reply.reply);
  }
}
