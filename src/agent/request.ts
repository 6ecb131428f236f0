/** What is sent: the body of a run-creating request, and the ids of our own making. Pure. */

import { createHash } from 'node:crypto';
import type { Input, Job, Json, JsonObject, Turn } from '../types.ts';

/** What tells one's own runs from others'. */
export interface TurnKeys {
  readonly batch: string;
  readonly example: string;
  readonly trial: number;
  readonly turn: number;
  readonly revision: number;
  readonly attempt: number;
}

export interface RunFields {
  readonly assistantId: string;
  /** Of the user's own `--body`. */
  readonly body: JsonObject;
  readonly stream: boolean;
}

/** What `--body` may not set, because threadmill does. */
export const ownFields = [
  'assistant_id',
  'input',
  'command',
  'checkpoint',
  'checkpoint_id',
  'stream_mode',
  'stream_resumable',
  'multitask_strategy',
  'if_not_exists',
  'on_disconnect',
  'on_completion',
  'after_seconds',
  'thread_id',
] as const;

export function runMetadata(keys: TurnKeys): JsonObject {
  return {
    threadmill_batch: keys.batch,
    threadmill_example: keys.example,
    threadmill_trial: keys.trial,
    threadmill_turn: keys.turn,
    threadmill_attempt: keys.attempt,
    threadmill_revision: keys.revision,
  };
}

/** By which a batch's threads are found on the server. */
export function threadMetadata(keys: TurnKeys, job: Job): JsonObject {
  return { threadmill_batch: keys.batch, threadmill_key: job.key, threadmill_trial: keys.trial };
}

/** Is a run of the server's ours, for this turn, whatever the attempt? */
export function isOurs(metadata: Json | undefined, keys: TurnKeys): boolean {
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) return false;
  const { threadmill_attempt: _, ...expected } = runMetadata(keys);
  return Object.entries(expected).every(([key, value]) => metadata[key] === value);
}

/**
 * The body of a run-creating request. `multitask_strategy` is always sent, because servers differ in its default;
 * `stream_mode` never on a wait, because it hides results and interrupts.
 */
export function runBody(fields: RunFields, keys: TurnKeys, turn: Turn, threaded: boolean): JsonObject {
  const metadata = fields.body['metadata'];
  return {
    ...fields.body,
    assistant_id: fields.assistantId,
    input: turnInput(turn, keys),
    metadata: {
      ...(typeof metadata === 'object' && metadata !== null ? (metadata as JsonObject) : {}),
      ...runMetadata(keys),
    },
    multitask_strategy: 'reject',
    // A dropped connection loses nothing on a thread. Without one nobody could come back to the run: stop it.
    ...(threaded ? { if_not_exists: 'reject', on_disconnect: 'continue' } : { on_disconnect: 'cancel' }),
    ...(fields.stream ? { stream_mode: ['values', 'messages-tuple'] } : {}),
  };
}

/** A string is one user message. Messages get ids of ours, so that a second sending cannot double the history. */
function turnInput(turn: Turn, keys: TurnKeys): Json {
  const { input } = turn;
  const [id] = inputIds(input, keys);
  if (typeof input === 'string') return { messages: [{ role: 'user', content: input, id: id ?? null }] };
  if (!Array.isArray(input)) return input;
  const ids = inputIds(input, keys);
  return { messages: input.map((message, at) => ({ ...message, id: ids[at] ?? null })) };
}

/** The ids of a turn's own messages, in order; none for a graph's input, which is sent as it is. */
export function inputIds(input: Input, keys: TurnKeys): string[] {
  const id = `${keys.batch}:${keys.example}:${keys.turn}`;
  if (typeof input === 'string') return [id];
  if (!Array.isArray(input)) return [];
  return input.map((message, at) => (typeof message['id'] === 'string' ? message['id'] : `${id}:${at + 1}`));
}

const threadNamespace = Buffer.from('7c1b5a0e6c0b4c0f9a559d2b8f1e6d34', 'hex');

/** The thread of a job's n-th generation: the same at every start, so that a run that was lost is found again. */
export function threadId(batch: string, job: Job, generation: number): string {
  return uuidV5([batch, job.key, String(job.trial), String(generation)].join('\0'));
}

/** RFC 9562 §5.5. */
function uuidV5(name: string): string {
  const hash = createHash('sha1').update(threadNamespace).update(name).digest().subarray(0, 16);
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  return hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
