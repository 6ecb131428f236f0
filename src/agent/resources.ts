/** What an Agent Server tells of assistants, threads, runs and states; of each, what is looked at. Pure. */

import { RequestError } from '../errors.ts';
import { isObject } from '../json.ts';
import type { Json, JsonObject } from '../types.ts';
import { failure } from './failures.ts';

export interface Assistant {
  readonly assistant_id: string;
  readonly graph_id: string | null;
  readonly name: string | null;
  readonly version: number | null;
  readonly updated_at: string | null;
  readonly config: Json;
  readonly context: Json;
  readonly metadata: Json;
}

const runStatuses = ['pending', 'running', 'success', 'error', 'timeout', 'interrupted'] as const;
export type RunStatus = (typeof runStatuses)[number];

export interface Run {
  readonly run_id: string;
  readonly status: RunStatus;
  readonly metadata: Json;
}

export interface Thread {
  /** `idle`, `busy`, `interrupted` or `error`. */
  readonly status: string;
  /** The state that a fork left it at, and that later runs begin from; null: its newest. */
  readonly heldAt: string | null;
  readonly values: Json;
  readonly interrupts: Json;
}

/** A state of a thread: what the run that wrote it left. */
export interface Checkpoint {
  readonly id: string | null;
  readonly values: Json;
  /** Nodes still to run; none where the graph came to its end. */
  readonly next: readonly Json[];
  readonly tasks: readonly JsonObject[];
  readonly runId: string | null;
}

/** @throws RequestError where the value is none; so do the others. */
export function readRun(value: Json): Run {
  const run = objectWith(value, 'run_id', 'a run');
  const status = runStatuses.find((known) => known === run['status']);
  if (status === undefined)
    throw unexpected(`a run with a known status, got ${JSON.stringify(run['status'])}`);
  return { run_id: String(run['run_id']), status, metadata: run['metadata'] ?? null };
}

export function readRuns(value: Json): Run[] {
  if (!Array.isArray(value)) throw unexpected('a list of runs');
  return value
    .map(readRun)
    .filter(({ metadata }) => !isObject(metadata) || metadata['threadmill_lost'] !== true);
}

export function readThread(value: Json): Thread & { readonly id: string } {
  const thread = objectWith(value, 'thread_id', 'a thread');
  return {
    id: String(thread['thread_id']),
    status: String(thread['status']),
    heldAt: heldAt(thread['config']),
    values: thread['values'] ?? null,
    interrupts: thread['interrupts'] ?? null,
  };
}

function heldAt(config: Json | undefined): string | null {
  const configurable = isObject(config) ? config['configurable'] : null;
  const id = isObject(configurable) ? configurable['checkpoint_id'] : null;
  return typeof id === 'string' && id !== '' ? id : null;
}

export function readCheckpoint(value: Json): Checkpoint {
  const state = objectWith(value, null, 'a state');
  const { metadata, checkpoint } = state;
  const runId = isObject(metadata) ? metadata['run_id'] : undefined;
  const id = isObject(checkpoint) ? checkpoint['checkpoint_id'] : state['checkpoint_id'];
  return {
    id: typeof id === 'string' ? id : null,
    values: state['values'] ?? null,
    next: Array.isArray(state['next']) ? state['next'] : [],
    tasks: Array.isArray(state['tasks']) ? state['tasks'].filter(isObject) : [],
    runId: typeof runId === 'string' ? runId : null,
  };
}

export function readAssistant(value: Json): Assistant {
  const assistant = objectWith(value, 'assistant_id', 'an assistant');
  const { config = null, context = null, metadata = null, version } = assistant;
  const textOf = (name: string) => {
    const text = assistant[name];
    return typeof text === 'string' ? text : null;
  };
  return {
    assistant_id: String(assistant['assistant_id']),
    graph_id: textOf('graph_id'),
    name: textOf('name'),
    version: typeof version === 'number' ? version : null,
    updated_at: textOf('updated_at'),
    config,
    context,
    metadata,
  };
}

function objectWith(value: Json, field: string | null, what: string): JsonObject {
  if (isObject(value) && (field === null || field in value)) return value;
  throw unexpected(field === null ? what : `${what} with "${field}"`);
}

const unexpected = (expected: string) =>
  new RequestError(
    failure(
      'protocol',
      'UNEXPECTED_ANSWER',
      `expected ${expected} in the answer: is the URL an Agent Server's?`,
    ),
  );

export const hasEnded = ({ status }: Run): boolean => status !== 'pending' && status !== 'running';
