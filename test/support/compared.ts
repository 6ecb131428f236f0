/** One talk held with two servers, and what each answered, freed of what may differ: ids, times, the server's own notes. */

import type { Json, JsonObject } from '../../src/types.ts';

/** One answer, ready to be compared. */
export interface Heard {
  readonly request: string;
  readonly status: number;
  readonly headers: Record<string, string | null>;
  readonly body: unknown;
}

/** Sends a request, notes the answer, and gives its body. */
export type Ask = (method: string, path: string, body?: Json) => Promise<Json>;

const sameHeaders = ['content-type', 'content-location', 'location', 'cache-control', 'transfer-encoding'];
const ids = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const hexIds = /"[0-9a-f]{32}":/g;
const times = /\d{4}-\d\d-\d\dT[\d:.]+Z/g;

/** Kept with a run or a checkpoint by the real server, of no use to a client. */
const ownNotes = new Set(['config', 'path', 'result', 'checkpoint', 'parent_checkpoint', 'description']);
const metadataOfClients = ['run_id', 'thread_id', 'graph_id', 'assistant_id', 'test'];

const plain = (text: string) => text.replace(ids, '<id>').replace(times, '<time>');

function comparable(value: unknown, key = ''): unknown {
  // A message's or an interrupt's own id, unless the test chose it.
  if (key === 'id') return /^m\d$/.test(String(value)) ? value : '<id>';
  if (typeof value === 'string') return plain(value);
  if (Array.isArray(value)) return value.map((item) => comparable(item));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(([name]) => !ownNotes.has(name))
    .filter(([name]) => key !== 'metadata' || metadataOfClients.includes(name));
  return Object.fromEntries(entries.map(([name, item]) => [plain(name), comparable(item, name)]));
}

/** Of a Zod refusal only where it points: its wording is the library's. */
function comparableBody(value: Json): unknown {
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && value['success'] === false) {
    return { success: false, path: /"path":(\["\w+"\])/.exec(JSON.stringify(value))?.[1] };
  }
  return comparable(value);
}

interface Frame {
  readonly event: string | undefined;
  readonly id: string | undefined;
  readonly data: unknown;
}

/** Events in order; of a message's metadata only the node's name. */
function comparableFrames(text: string): Frame[] {
  return text
    .split('\n\n')
    .filter((frame) => frame.trim() !== '')
    .map((frame) => {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(frame)?.[1];
      const data = JSON.parse(field('data') ?? 'null');
      const isTuple = field('event') === 'messages';
      return {
        event: field('event'),
        id: field('id'),
        data: comparable(isTuple ? [data[0], data[1].langgraph_node] : data),
      };
    });
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export interface Listener {
  readonly ask: Ask;
  /** Asks the same so many times at once; noted in order of status, for who is first is chance. */
  readonly crowd: (count: number, path: string, body: Json) => Promise<void>;
  /** Asks without a note, for what is asked until it is so. */
  readonly peek: (path: string) => Promise<Json>;
  /** In the order the questions were asked in. */
  readonly heard: readonly (Heard | undefined)[];
}

async function hear(url: string, method: string, path: string, body?: Json): Promise<[Heard, Json]> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(url + path, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body !== undefined && { body: text }),
  });
  const answer = await response.text();
  const { headers, status } = response;
  const isStream = headers.get('content-type') === 'text/event-stream';
  const heard = {
    request: `${method} ${plain(path)} ${plain(text ?? '').replace(hexIds, '"<id>":')}`,
    status,
    headers: Object.fromEntries(
      sameHeaders.map((name) => [name, headers.has(name) ? plain(headers.get(name) ?? '') : null]),
    ),
    body: isStream ? comparableFrames(answer) : comparableBody(parsed(answer)),
  };
  return [heard, parsed(answer)];
}

/** A way to ask one server, and everything it answered. */
export function listener(url: string): Listener {
  const heard: (Heard | undefined)[] = [];
  return {
    heard,
    peek: async (path) => (await hear(url, 'GET', path))[1],
    ask: async (method, path, body) => {
      const place = heard.push(undefined) - 1;
      const [note, answer] = await hear(url, method, path, body);
      heard[place] = note;
      return answer;
    },
    crowd: async (count, path, body) => {
      const all = await Promise.all(Array.from({ length: count }, () => hear(url, 'POST', path, body)));
      heard.push(...all.map(([note]) => note).sort((a, b) => a.status - b.status));
    },
  };
}

/** A body that is an object for sure. */
export function objectOf(body: Json | undefined): JsonObject {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body;
  throw new Error(`No object: ${JSON.stringify(body)}`);
}

/** A text that is in a body for sure. */
export function field(body: Json | undefined, name: string): string {
  const value = objectOf(body)[name];
  if (typeof value !== 'string') throw new Error(`No ${name} in ${JSON.stringify(body)}`);
  return value;
}

/** A list of objects. */
export function listOf(body: Json | undefined): JsonObject[] {
  if (!Array.isArray(body)) throw new Error(`No list: ${JSON.stringify(body)}`);
  return body.map(objectOf);
}
