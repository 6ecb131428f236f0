/** How the scripted Agent Server makes a run of a request, or refuses it. */

import { randomUUID } from 'node:crypto';
import type { Json, JsonObject } from '../../src/types.ts';
import { Refusal } from './server-answers.ts';
import { badField, bodyOf, findAssistant, objectOf } from './server-handler.ts';
import type { LoggedRequest } from './server-request.ts';
import { startNext } from './server-runs.ts';
import { type Assistant, isOver, newThread, now, type Run, type Thread, type World } from './server-state.ts';

const strategies = ['reject', 'enqueue'] as const;

function assistantOf(world: World, body: JsonObject): Assistant {
  const id = body['assistant_id'];
  if (typeof id !== 'string') throw badField(world, 'assistant_id', 'Required');
  const assistant = findAssistant(world, id);
  if (assistant !== undefined) return assistant;
  const local = `No assistant found for "${id}". Make sure the assistant ID is for a valid assistant or a valid graph ID.`;
  throw new Refusal(404, world.flavour === 'local' ? local : 'Thread or assistant not found.');
}

function strategyOf(world: World, body: JsonObject): string {
  const otherwise = world.flavour === 'local' ? 'reject' : 'enqueue';
  const strategy = body['multitask_strategy'] ?? otherwise;
  if (strategies.some((known) => known === strategy)) return String(strategy);
  throw badField(world, 'multitask_strategy', "Invalid enum value. Expected 'reject' | 'enqueue'");
}

const busy = (world: World) =>
  new Refusal(
    world.flavour === 'local' ? 422 : 409,
    'Thread is already running a task. Wait for it to finish or choose a different multitask strategy.',
  );

/** The local server takes a missing thread for a busy one. */
function missingThread(world: World, strategy: string): Refusal {
  if (world.flavour === 'deployed') return new Refusal(404, 'Thread or assistant not found.');
  return strategy === 'reject' ? busy(world) : new Refusal(500, 'Unreachable state when creating run');
}

/** A thread made together with its run: it takes the run's metadata. */
function makeThread(world: World, request: LoggedRequest, body: JsonObject, assistant: Assistant): Thread {
  const isStateless = request.threadId === '';
  if (!isStateless && body['if_not_exists'] !== 'create') throw missingThread(world, strategyOf(world, body));
  const thread = newThread(isStateless ? randomUUID() : request.threadId, {
    graph_id: assistant.graph_id,
    assistant_id: assistant.assistant_id,
    ...objectOf(body['metadata']),
  });
  world.threads.set(thread.thread_id, thread);
  return thread;
}

/** A thread that is used bears the assistant it was last used with. */
function markThread(thread: Thread, { graph_id, assistant_id }: Assistant): void {
  if (thread.status !== 'busy') thread.metadata = { ...thread.metadata, graph_id, assistant_id };
}

function streamModes(body: JsonObject): Json[] {
  const modes = body['stream_mode'] ?? ['values'];
  return Array.isArray(modes) ? modes : [modes];
}

interface RunPlan {
  readonly request: LoggedRequest;
  readonly body: JsonObject;
  readonly strategy: string;
  readonly assistant: Assistant;
  readonly thread: Thread;
  readonly metadata: JsonObject;
}

function newRun({ request, body, strategy, assistant, thread, metadata }: RunPlan): Run {
  const at = now();
  const runId = randomUUID();
  const { input, command } = body;
  const temporary = request.threadId === '' && body['on_completion'] !== 'keep';
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return {
    run_id: runId,
    thread_id: thread.thread_id,
    assistant_id: assistant.assistant_id,
    metadata,
    status: 'pending',
    kwargs: {
      ...(input !== undefined && { input }),
      ...(command !== undefined && { command }),
      config: { ...objectOf(body['config']), metadata },
      context: objectOf(body['context']),
      stream_mode: streamModes(body),
      temporary,
      subgraphs: body['stream_subgraphs'] === true,
      resumable: body['stream_resumable'] === true,
    },
    multitask_strategy: strategy,
    created_at: at,
    updated_at: at,
    input: input ?? null,
    resume: objectOf(command)['resume'],
    temporary,
    executed: false,
    events: [],
    emptyAnswer: undefined,
    deleted: false,
    abort: new AbortController(),
    watchers: new Set(),
    ended,
    end,
  };
}

export function createRun(world: World, request: LoggedRequest): { run: Run; thread: Thread } {
  const body = bodyOf(world, request);
  const assistant = assistantOf(world, body);
  const strategy = strategyOf(world, body);
  const old = world.threads.get(request.threadId);
  if (old !== undefined) markThread(old, assistant);
  const thread = old ?? makeThread(world, request, body, assistant);
  if (strategy === 'reject' && thread.runs.some((run) => !isOver(run))) throw busy(world);
  const metadata = { ...assistant.metadata, ...old?.metadata, ...objectOf(body['metadata']) };
  const run = newRun({ request, body, strategy, assistant, thread, metadata });
  thread.status = 'busy';
  thread.updated_at = run.created_at;
  thread.runs.push(run);
  world.counts.runs += 1;
  if (world.keepsLog) world.runs.push(run);
  startNext(world, thread);
  world.changed();
  return { run, thread };
}
