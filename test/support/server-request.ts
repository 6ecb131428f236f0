/** A request as the scripted Agent Server reads it. */

import type { IncomingMessage } from 'node:http';
import type { Json } from '../../src/types.ts';

/** One request as it came. */
export interface LoggedRequest {
  readonly method: string;
  /** With the query, without the server's prefix. */
  readonly path: string;
  /** `POST /threads/{t}/runs/wait`: method and path with the ids taken out. */
  readonly route: string;
  readonly headers: IncomingMessage['headers'];
  /** Parsed; the text where it is no JSON; undefined where there is none. */
  readonly body: Json | undefined;
  /** `''` where the path has none; so are the next two. */
  readonly threadId: string;
  readonly runId: string;
  readonly assistantId: string;
  readonly query: URLSearchParams;
  /** `performance.now()` when it had come in whole. */
  readonly at: number;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
export const isUuid = (text: string) => uuid.test(text);

/** Does the request ask for a run? */
export const createsRun = (request: LoggedRequest) => /\/runs\/(wait|stream)$/.test(request.route);

/** The path with its ids taken out, and the ids. */
function routeOf(method: string, path: string) {
  const parts = path.split('/').slice(1);
  const ids = { threadId: '', runId: '', assistantId: '' };
  if (parts[0] === 'threads' && parts[1] !== undefined && parts[1] !== 'search') {
    ids.threadId = parts[1];
    parts[1] = '{t}';
    if (parts[2] === 'runs' && parts[3] !== undefined && parts[3] !== 'wait' && parts[3] !== 'stream') {
      ids.runId = parts[3];
      parts[3] = '{r}';
    }
  }
  if (parts[0] === 'assistants' && parts[1] !== undefined && parts[1] !== 'search') {
    ids.assistantId = decodeURIComponent(parts[1]);
    parts[1] = '{a}';
  }
  return { route: `${method} /${parts.join('/')}`, ...ids };
}

function parsed(text: string): Json | undefined {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A path outside of the prefix keeps it, and so has no route. */
export function readRequest(incoming: IncomingMessage, text: string, prefix: string): LoggedRequest {
  const full = incoming.url ?? '/';
  const isInside = prefix === '' || full.startsWith(`${prefix}/`);
  const path = isInside ? full.slice(prefix.length) : `/outside-of-prefix${full}`;
  const [plainPath = '', search = ''] = path.split('?');
  const method = incoming.method ?? 'GET';
  return {
    method,
    path,
    ...routeOf(method, plainPath),
    headers: incoming.headers,
    body: parsed(text),
    query: new URLSearchParams(search),
    at: performance.now(),
  };
}
