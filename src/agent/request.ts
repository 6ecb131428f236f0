/** What is sent: the body of a run-creating request, and the ids of our own making. Pure. */

import { createHash, hash } from 'node:crypto';
import { isObject } from '../json.ts';
import type { GivenAnswer, Input, Job, Json, JsonObject, Turn, Way } from '../types.ts';
import { resumption } from './answers.ts';

/** What tells one's own runs from others'. */
export interface TurnKeys {
  readonly batch: string;
  readonly example: string;
  readonly trial: number;
  readonly turn: number;
  readonly revision: number;
  readonly attempt: number;
  /** How often the turn was answered, this run's answer included. Default: 0, it is asked with its input. */
  readonly stop?: number | undefined;
  /** Fingerprint of what is sent. */
  readonly input: string;
}

/** By which a run is known that was asked for what the row held before it was edited. */
export const inputFingerprint = (input: Input): string =>
  hash('sha256', JSON.stringify(input), 'base64url').slice(0, 16);

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
  const metadata: JsonObject = {
    threadmill_batch: keys.batch,
    threadmill_example: keys.example,
    threadmill_trial: keys.trial,
    threadmill_turn: keys.turn,
    threadmill_attempt: keys.attempt,
    threadmill_revision: keys.revision,
    threadmill_input: keys.input,
  };
  const { stop = 0 } = keys;
  if (stop > 0) metadata['threadmill_stop'] = stop;
  return metadata;
}

/** Which stop of its turn a run of ours answers; 0: none. */
export const stopOf = (metadata: Json | undefined): number =>
  isObject(metadata) ? Number(metadata['threadmill_stop']) || 0 : 0;

/** By which a batch's threads are found on the server. */
export function threadMetadata(batch: string, job: Job): JsonObject {
  return { threadmill_batch: batch, threadmill_key: job.key, threadmill_trial: job.trial };
}

/** Is a run of the server's ours, for this turn and stop, whatever the attempt, and whatever the turn's input was then? */
export function isOurs(metadata: Json | undefined, keys: TurnKeys): boolean {
  if (!isObject(metadata)) return false;
  const { threadmill_attempt: _, threadmill_input: __, ...expected } = runMetadata(keys);
  return (
    stopOf(metadata) === (keys.stop ?? 0) &&
    Object.entries(expected).every(([key, value]) => metadata[key] === value)
  );
}

/** Did the batch ask for the run? A thread's own metadata, which each of its runs has too, tell of no revision. */
export const isOfBatch = (metadata: Json | undefined, batch: string): boolean =>
  isObject(metadata) && metadata['threadmill_batch'] === batch && 'threadmill_revision' in metadata;

/** Was a run of ours asked for this very input? */
export const isOfInput = (metadata: Json | undefined, { input }: TurnKeys): boolean =>
  isObject(metadata) && metadata['threadmill_input'] === input;

/** How a run on a thread begins. */
export interface ThreadStart {
  readonly way: Way;
  /** Of `fork`: the state to begin from. */
  readonly checkpointId: string | null;
  /** Does the thread hold to the state of an earlier fork? Then it is told to let go. */
  readonly isStuck: boolean;
  /** Of `answer`: what the run that waits is answered. */
  readonly answers?: readonly GivenAnswer[] | undefined;
}

/** Of a turn that is asked for the first time. */
export const plainStart: ThreadStart = { way: 'input', checkpointId: null, isStuck: false };

/**
 * The body of a run-creating request. `multitask_strategy` is always sent, because servers differ in its default;
 * `stream_mode` never on a wait, because it hides results and interrupts.
 * @param start Null: without a thread.
 */
export function runBody(
  fields: RunFields,
  keys: TurnKeys,
  turn: Turn,
  start: ThreadStart | null,
): JsonObject {
  const { metadata } = fields.body;
  return {
    ...fields.body,
    ...(start?.isStuck && { config: letGo(fields.body['config']) }),
    assistant_id: fields.assistantId,
    ...(start?.way === 'answer'
      ? resumption(start.answers ?? [])
      : { input: start?.way === 'continue' ? null : turnInput(turn, keys) }),
    ...(start?.way === 'fork' &&
      start.checkpointId !== null && {
        checkpoint: { checkpoint_id: start.checkpointId, checkpoint_ns: '' },
      }),
    metadata: {
      ...(isObject(metadata) ? metadata : {}),
      ...runMetadata(keys),
    },
    multitask_strategy: 'reject',
    // A dropped connection loses nothing on a thread. Without one nobody could come back to the run: stop it.
    ...(start === null
      ? { on_disconnect: 'cancel' }
      : { if_not_exists: 'reject', on_disconnect: 'continue' }),
    ...(fields.stream ? { stream_mode: ['values', 'messages-tuple'] } : {}),
  };
}

/** A local server keeps a fork's checkpoint in the thread's own config, and begins every later run there. */
function letGo(config: Json | undefined): JsonObject {
  const own = isObject(config) ? config : {};
  const configurable = isObject(own['configurable']) ? own['configurable'] : {};
  return { ...own, configurable: { ...configurable, checkpoint_id: null } };
}

/** Messages get ids of ours, so that a second sending cannot double the history. An object is sent as it is. */
function turnInput({ input }: Turn, keys: TurnKeys): Json {
  if (isObject(input)) return input;
  const ids = inputIds(input, keys);
  return { messages: inputMessages(input).map((message, at) => withId(message, ids[at] ?? null)) };
}

/** The messages of an input, as they are; a string is one user message. */
export function inputMessages(input: Input): JsonObject[] {
  if (typeof input === 'string') return [{ role: 'user', content: input }];
  if (Array.isArray(input)) return input;
  const { messages } = input;
  const sent = Array.isArray(messages) ? messages : messages === undefined ? [] : [messages];
  return sent.map((message) => (isObject(message) ? message : { role: 'user', content: message }));
}

/** The id comes first: of `{ ...message, id }` V8 makes a shape of its own each time, kilobytes of garbage. */
export function withId(message: JsonObject, id: Json): JsonObject {
  const copy: JsonObject = { id, ...message };
  copy['id'] = id;
  return copy;
}

/** The ids we give to a turn's messages, in order; none for a graph's input, which is sent as it is. */
export function inputIds(input: Input, keys: TurnKeys): string[] {
  if (isObject(input)) return [];
  const id = `${keys.batch}:${keys.example}:${keys.turn}`;
  if (typeof input === 'string') return [id];
  return input.map((message, at) => (typeof message['id'] === 'string' ? message['id'] : `${id}:${at + 1}`));
}

/** Of all threads made by threadmill. */
const threadNamespace = '7c1b5a0e-6c0b-4c0f-9a55-9d2b8f1e6d34';

/** The thread of a job's n-th generation: the same at every start, so that a run that was lost is found again. */
export function threadId(batch: string, job: Pick<Job, 'key' | 'trial'>, generation: number): string {
  // Half a surrogate pair would be hashed as any other half: two jobs would share a thread.
  const key = job.key.isWellFormed() ? job.key : JSON.stringify(job.key);
  return uuidV5(threadNamespace, [batch, key, String(job.trial), String(generation)].join('\0'));
}

/** RFC 9562 §5.5: always the same for a namespace and a name. */
export function uuidV5(namespace: string, name: string): string {
  const bytes = Buffer.from(namespace.replaceAll('-', ''), 'hex');
  const hash = createHash('sha1').update(bytes).update(name).digest().subarray(0, 16);
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  return hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
