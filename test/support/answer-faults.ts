/** Faults of the answer: the request is handled, what comes back is cut, damaged or never ends. */

import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { Fault } from './agent-faults.ts';
import type { Answer } from './server-answers.ts';

const textOf = async (body: Answer['body']): Promise<string> => {
  if (body === null || typeof body === 'string') return body ?? '';
  if (Buffer.isBuffer(body)) return body.toString();
  const pieces: string[] = [];
  for await (const piece of body) pieces.push(piece);
  return pieces.join('');
};

/** Writes an answer's headers and resolves once they have left. */
function writeHeaders(
  response: ServerResponse,
  answer: Answer,
  more: Record<string, string> = {},
): Promise<void> {
  response.writeHead(answer.status, { ...answer.headers, ...more });
  response.flushHeaders();
  return new Promise((resolve) => setImmediate(resolve));
}

/** The request is handled and the headers come, then the connection breaks. */
export const dropsAfterHeaders =
  (): Fault =>
  async ({ handle, response, socket }) => {
    await writeHeaders(response, await handle());
    socket.destroy();
  };

/** The request is handled, the headers come, then never a byte more. */
export const silentAfterHeaders =
  (): Fault =>
  async ({ handle, response }) =>
    writeHeaders(response, await handle());

/** Only the first bytes of the answer come, fewer than `content-length` says; then the connection ends. */
export const truncates =
  (bytes: number): Fault =>
  async ({ handle, response, socket }) => {
    const answer = await handle();
    const whole = Buffer.from(await textOf(answer.body));
    await writeHeaders(response, answer, { 'content-length': String(whole.length) });
    socket.end(whole.subarray(0, bytes));
  };

/** Only the first bytes of the answer come, as a chunk without an end; then the connection ends. */
export const cutsChunked =
  (bytes: number): Fault =>
  async ({ handle, response, socket }) => {
    const answer = await handle();
    const whole = Buffer.from(await textOf(answer.body));
    await writeHeaders(response, answer, { 'transfer-encoding': 'chunked' });
    response.write(whole.subarray(0, bytes), () => socket.end());
  };

/** The request is handled; its answer comes as this text, whatever it is. */
export const notJson =
  (text = '{"messages": [{"type": "ai", "cont'): Fault =>
  async ({ handle, write }) =>
    write({ ...(await handle()), body: text });

/** The request is handled; its answer comes without a body. */
export const emptyBody = (): Fault => notJson('');

/** The answer is gzipped, asked or not; with `bytes`, cut after so many. */
export const gzip =
  (bytes?: number): Fault =>
  async ({ handle, write, response, socket }) => {
    const answer = await handle();
    const packed = gzipSync(await textOf(answer.body));
    const headers = { ...answer.headers, 'content-encoding': 'gzip' };
    if (bytes === undefined) return write({ ...answer, headers, body: packed });
    await writeHeaders(response, { ...answer, headers }, { 'content-length': String(packed.length) });
    socket.end(packed.subarray(0, bytes));
  };
async function* firstOf(body: Answer['body'], count: number, midFrame: boolean): AsyncGenerator<string> {
  if (body === null || typeof body === 'string' || Buffer.isBuffer(body))
    throw new Error('The answer is no stream');
  let seen = 0;
  for await (const frame of body) {
    if (frame.startsWith(':')) continue;
    seen += 1;
    if (seen <= count) yield frame;
    else if (midFrame) yield frame.slice(0, Math.ceil(frame.length / 2));
    if (seen > count || (seen === count && !midFrame)) return;
  }
}

/** The stream breaks after so many events, or within the next one. */
export const cutsStreamAfter =
  (events: number, midFrame = false): Fault =>
  async ({ handle, response, socket }) => {
    const answer = await handle();
    await writeHeaders(response, answer);
    for await (const piece of firstOf(answer.body, events, midFrame)) {
      await new Promise((resolve) => response.write(piece, resolve));
    }
    socket.end();
  };

/** The stream falls silent after so many events; the connection stays. */
export const stallsStreamAfter =
  (events: number): Fault =>
  async ({ handle, response }) => {
    const answer = await handle();
    await writeHeaders(response, answer);
    for await (const piece of firstOf(answer.body, events, false)) response.write(piece);
  };

async function* without(body: Answer['body'], event: string): AsyncGenerator<string> {
  if (body === null || typeof body === 'string' || Buffer.isBuffer(body))
    throw new Error('The answer is no stream');
  for await (const frame of body) if (!frame.startsWith(`event: ${event}`)) yield frame;
}

/** The stream ends cleanly, without any `values` event. */
export const streamWithoutValue =
  (): Fault =>
  async ({ handle, write }) => {
    const answer = await handle();
    await write({ ...answer, body: without(answer.body, 'values') });
  };

async function* withEnd(body: Answer['body']): AsyncGenerator<string> {
  yield* without(body, 'end');
  yield 'event: end\ndata: null\n\n';
}

/** The stream has an `end` event, as the SDK's types know one. */
export const streamWithEnd =
  (): Fault =>
  async ({ handle, write }) => {
    const answer = await handle();
    await write({ ...answer, body: withEnd(answer.body) });
  };
