/** A plain client, for the tests of the scripted Agent Server itself. */

import type { Json } from '../../src/types.ts';
import type { AgentServer } from './agent-server.ts';
import { field, listOf, objectOf } from './compared.ts';

export const human = (content: string, id = 'm1') => ({ messages: [{ role: 'user', content, id }] });
export const question = { assistant_id: 'agent', input: human('hi'), multitask_strategy: 'reject' };

export function post(url: string, body: Json = question, init: RequestInit = {}): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(url, { method: 'POST', headers, body: JSON.stringify(body), redirect: 'manual', ...init });
}

export async function jsonOf(answer: Response | Promise<Response>): Promise<Json> {
  return JSON.parse(await (await answer).text());
}

/** The URL of a new thread. */
export async function newThread(server: AgentServer): Promise<string> {
  return `${server.url}/threads/${field(await jsonOf(post(`${server.url}/threads`, {})), 'thread_id')}`;
}

/** One turn on a new thread: what `/wait` answered, and what can be learned afterwards. */
export async function turn(server: AgentServer, body: Json = question) {
  const thread = await newThread(server);
  const answer = await jsonOf(post(`${thread}/runs/wait`, body));
  const [run] = listOf(await jsonOf(fetch(`${thread}/runs`)));
  const filter = { limit: 1, metadata: { run_id: field(run, 'run_id') } };
  const [checkpoint] = listOf(await jsonOf(post(`${thread}/history`, filter)));
  const state = objectOf(await jsonOf(fetch(`${thread}/state`)));
  return {
    answer,
    run: run?.['status'],
    thread: objectOf(await jsonOf(fetch(thread)))['status'],
    values: checkpoint?.['values'],
    next: state['next'],
    join: await jsonOf(fetch(`${thread}/runs/${field(run, 'run_id')}/join`)),
  };
}

/** The texts of a state's messages. */
export const contents = (values: Json | undefined) =>
  listOf(objectOf(values)['messages']).map((message) => message['content']);

/** The names of a stream's events, in order. */
export const eventsOf = (stream: string) =>
  [...stream.matchAll(/^event: (.+?)\r?$/gm)].map(([, name]) => name);

/** The code of what lies under fetch's own error. */
export function codeOf(error: unknown): string {
  const { cause } = error as { cause?: { code?: string } };
  return cause?.code ?? String(error);
}
