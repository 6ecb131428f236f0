/** What the scripted Agent Server remembers: threads, their runs and their checkpoints. */

import type { Json, JsonObject } from '../../src/types.ts';
import type { AgentContext, Reply } from './agent-replies.ts';
import { type Flavour, isObject, mergeMessages, storedMessage } from './server-messages.ts';

export { type Flavour, isObject } from './server-messages.ts';

export type RunStatus = 'pending' | 'running' | 'success' | 'error' | 'timeout' | 'interrupted';
export type ThreadStatus = 'idle' | 'busy' | 'interrupted' | 'error';

/** The step that a thread stands before: it failed, waits for a human, or was cut short. */
export interface PendingTask {
  readonly id: string;
  readonly error: string | null;
  readonly interrupts: readonly JsonObject[];
}

export interface Checkpoint {
  readonly id: string;
  readonly parentId: string | null;
  readonly runId: string;
  readonly createdAt: string;
  readonly values: JsonObject;
  /** Null once there is nothing left to do. */
  task: PendingTask | null;
  readonly metadata: JsonObject;
}

export interface RunEvent {
  readonly event: string;
  readonly data: Json;
}

/** One accepted run. The first part is what the server shows of it. */
export interface Run {
  readonly run_id: string;
  readonly thread_id: string;
  readonly assistant_id: string;
  readonly metadata: JsonObject;
  status: RunStatus;
  readonly kwargs: JsonObject;
  readonly multitask_strategy: string;
  readonly created_at: string;
  updated_at: string;
  /** As it was sent. */
  readonly input: Json;
  readonly resume: Json | undefined;
  readonly temporary: boolean;
  /** Was the agent asked? A resume of nothing asks nobody. */
  executed: boolean;
  readonly events: RunEvent[];
  /** Instead of the last `values` or `error`. */
  emptyAnswer: null | JsonObject | undefined;
  deleted: boolean;
  readonly abort: AbortController;
  /** Called at each event, and at the end. */
  readonly watchers: Set<() => void>;
  readonly ended: Promise<void>;
  readonly end: () => void;
}

export interface Thread {
  readonly thread_id: string;
  readonly created_at: string;
  updated_at: string;
  metadata: JsonObject;
  status: ThreadStatus;
  config: JsonObject;
  values: JsonObject | undefined;
  interrupts: Record<string, readonly JsonObject[]> | undefined;
  readonly runs: Run[];
  readonly checkpoints: Checkpoint[];
}

export const isOver = (run: Run) => run.status !== 'pending' && run.status !== 'running';
export const now = () => new Date().toISOString();

/** Is all of `part` in `whole`? As metadata filters match. */
export function contains(whole: Json | undefined, part: JsonObject): boolean {
  if (!isObject(whole)) return false;
  return Object.entries(part).every(([key, value]) => {
    const own = whole[key];
    return isObject(value) ? contains(own, value) : own === value;
  });
}

export function newThread(threadId: string, metadata: JsonObject): Thread {
  const at = now();
  return {
    thread_id: threadId,
    created_at: at,
    updated_at: at,
    metadata,
    status: 'idle',
    config: {},
    values: undefined,
    interrupts: undefined,
    runs: [],
    checkpoints: [],
  };
}

export interface Assistant {
  readonly assistant_id: string;
  readonly graph_id: string;
  name: string;
  description: string | null;
  version: number;
  config: JsonObject;
  context: JsonObject;
  metadata: JsonObject;
  readonly created_at: string;
  updated_at: string;
}

export interface Counts {
  /** Requests of all kinds, those that met a fault included. */
  requests: number;
  connections: number;
  /** Requests to make a run, those refused or lost included. */
  creates: number;
  /** Runs accepted. */
  runs: number;
  /** Most requests to make a run that were open at once. */
  maxInFlight: number;
  /** Threads or runs deleted while a run was under way: each would have cost the local server a worker. */
  deletedWhileBusy: number;
}

/** All that one server is and remembers. */
export interface World {
  readonly flavour: Flavour;
  readonly agent: (context: AgentContext) => Reply | Promise<Reply>;
  readonly assistant: Assistant;
  readonly uuidOnly: boolean;
  readonly threadIds: 'accepted' | 'refused' | 'ignored';
  readonly heartbeatMs: number;
  readonly manyLines: boolean;
  readonly keepsLog: boolean;
  readonly threads: Map<string, Thread>;
  /** Every accepted run, deleted ones too. */
  readonly runs: Run[];
  /** How often each question was asked. */
  readonly asked: Map<string, number>;
  readonly counts: Counts;
  /** Something happened that a test may wait for. */
  changed(): void;
}

/** The state with an update applied: messages are merged by id, anything else is replaced. */
export function mergeState(values: JsonObject, update: JsonObject, { flavour }: World): JsonObject {
  const merged = { ...values, ...update };
  const added = update['messages'];
  if (added === undefined) return merged;
  const old = values['messages'];
  const list = Array.isArray(added) ? added : [added];
  merged['messages'] = mergeMessages(
    Array.isArray(old) ? old : [],
    list.map((message) => storedMessage(message, flavour)),
  );
  return merged;
}
