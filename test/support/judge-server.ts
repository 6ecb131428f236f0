/** An OpenAI-compatible endpoint for tests: real HTTP on a free port, its model scripted by the test. */

import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JsonObject } from '../../src/types.ts';

export interface AskedOfJudge {
  /** From 1, over all requests. */
  readonly n: number;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: JsonObject;
  /** What the system is told, and the user. */
  readonly rules: string;
  readonly task: string;
}

/** How a request is answered. */
export type JudgeAct = (response: ServerResponse) => unknown;

export interface JudgeServer extends AsyncDisposable {
  /** The base URL. */
  readonly url: string;
  readonly asked: readonly AskedOfJudge[];
  /** Most requests that were open at once. */
  readonly mostAtOnce: number;
  /** Resolves once so many requests have come. */
  whenAsked(count: number): Promise<void>;
}

const json = (
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
) => response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

/** A completion with this text. @param usage In OpenAI's words. */
export const replies =
  (
    content: string,
    { finish = 'stop', usage }: { finish?: string; usage?: object | undefined } = {},
  ): JudgeAct =>
  (response) =>
    json(response, 200, {
      choices: [{ index: 0, finish_reason: finish, message: { role: 'assistant', content } }],
      usage,
    });

export const scores = (score: number, reason = 'because'): JudgeAct =>
  replies(JSON.stringify({ score, reason }));

export const refuses =
  (status: number, message = 'no', headers: Record<string, string> = {}): JudgeAct =>
  (response) =>
    json(response, status, { error: { message } }, headers);

/** No answer, ever. */
export const hangs: JudgeAct = () => {};

export const hangsUp: JudgeAct = (response) => response.destroy();

export async function startJudge(act: (asked: AskedOfJudge) => JudgeAct): Promise<JudgeServer> {
  const asked: AskedOfJudge[] = [];
  const waiting = new Set<() => void>();
  const open = { now: 0, most: 0 };
  const http = createServer(async (incoming, response) => {
    const pieces: Buffer[] = [];
    incoming.on('error', () => {});
    response.on('error', () => {});
    for await (const piece of incoming) pieces.push(piece as Buffer);
    open.now += 1;
    open.most = Math.max(open.most, open.now);
    response.once('close', () => {
      open.now -= 1;
    });
    const body = JSON.parse(Buffer.concat(pieces).toString()) as JsonObject;
    const [system, user] = body['messages'] as { content: string }[];
    const one = {
      n: asked.length + 1,
      path: incoming.url ?? '',
      headers: incoming.headers,
      body,
      rules: system?.content ?? '',
      task: user?.content ?? '',
    };
    asked.push(one);
    act(one)(response);
    for (const look of waiting) look();
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/v1`,
    asked,
    get mostAtOnce() {
      return open.most;
    },
    whenAsked: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (asked.length < count) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    [Symbol.asyncDispose]: async () => {
      const closed = once(http, 'close');
      http.close();
      http.closeAllConnections();
      await closed;
    },
  };
}

/** What stands in a task between the fences of this name. */
export function fenced(task: string, name: string): string {
  const [, text] =
    new RegExp(`<<<DATA ${name} ([0-9a-f]{24})>>>\\n([\\s\\S]*)\\n<<<END ${name} \\1>>>`)
      .exec(task)
      ?.slice(1) ?? [];
  if (text === undefined) throw new Error(`no ${name} in ${task}`);
  return text;
}
