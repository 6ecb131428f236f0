/** Answers of the scripted Agent Server, and how they are written. */

import type { ServerResponse } from 'node:http';
import type { Json, JsonObject } from '../../src/types.ts';
import { type Flavour, isOver, type Run, type RunEvent } from './server-state.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Whole, or in pieces as they come: the headers then go out before the first one. */
  readonly body: string | Buffer | null | AsyncIterable<string>;
  /** The client went away before the end. */
  readonly left?: (() => void) | undefined;
}

export const jsonAnswer = (body: unknown, headers: Record<string, string> = {}, status = 200): Answer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

export const noContent = (status = 204): Answer => ({ status, headers: {}, body: null });

/** A refusal, worded as the server words it: plain text or a Zod object locally, `{ detail }` on a deployment. */
export class Refusal extends Error {
  readonly status: number;
  readonly zod: JsonObject | undefined;

  constructor(status: number, message: string, zod?: JsonObject) {
    super(message);
    this.status = status;
    this.zod = zod;
  }

  answer(flavour: Flavour): Answer {
    if (flavour === 'deployed') return jsonAnswer({ detail: this.message }, {}, this.status);
    if (this.zod !== undefined) {
      const error = { issues: [this.zod], name: 'ZodError' };
      return jsonAnswer({ success: false, error }, {}, this.status);
    }
    return {
      status: this.status,
      headers: { 'content-type': 'text/plain;charset=UTF-8' },
      body: this.message,
    };
  }
}

/** How the server tells a graph's error: as a value encoded twice locally, plainly on a deployment. */
const toldError = (flavour: Flavour, error: Json): JsonObject =>
  flavour === 'deployed'
    ? { __error__: error }
    : { __error__: { error: 'Error', message: JSON.stringify(error) } };

export const runNotFound = (flavour: Flavour): Json => toldError(flavour, 'Run not found');

/** What `/wait` answers once the run has ended: the last `values` or error, whatever became of the run. */
export function answerOf(run: Run, flavour: Flavour, threadValues: Json): Json {
  if (run.deleted) return runNotFound(flavour);
  if (run.emptyAnswer !== undefined) return run.emptyAnswer;
  const last = run.events.findLast(({ event }) => event === 'values' || event === 'error');
  if (last?.event === 'error') return toldError(flavour, last.data);
  if (last !== undefined) return last.data;
  if (run.temporary) return flavour === 'deployed' ? {} : null;
  return threadValues;
}

/** Resolves with whether the run has ended, `ms` from now at the latest. */
function endsWithin(run: Run, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ms).unref();
    void run.ended.then(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}

/** A newline every so often until the run has ended, then its answer. */
export async function* waitingBody(
  run: Run,
  heartbeatMs: number,
  answer: () => Json,
): AsyncGenerator<string> {
  while (!isOver(run) && !(await endsWithin(run, heartbeatMs))) yield '\n';
  yield JSON.stringify(answer());
}

export interface FrameStyle {
  readonly flavour: Flavour;
  /** Event ids: on threaded streams of the local server. */
  readonly ids: boolean;
  /** `data` over many lines, as version 2.0.0 of the local server. */
  readonly manyLines: boolean;
}

/** One server-sent event as text. */
export function frame({ event, data }: RunEvent, id: number, style: FrameStyle): string {
  const text = JSON.stringify(data, null, style.manyLines ? 2 : undefined);
  const lines = [`event: ${event}`, ...text.split('\n').map((line) => `data: ${line}`)];
  if (style.ids) lines.push(`id: ${id}`);
  const newline = style.flavour === 'deployed' ? '\r\n' : '\n';
  return lines.map((line) => line + newline).join('') + newline;
}

/** Resolves at the run's next event or its end, with false when `ms` passed without. */
function hasNews(run: Run, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (news: boolean) => {
      clearTimeout(timer);
      run.watchers.delete(watch);
      resolve(news);
    };
    const watch = () => settle(true);
    const timer = setTimeout(() => settle(false), ms).unref();
    run.watchers.add(watch);
  });
}

/** A run's events as frames, from the first to the run's end; heartbeats between on a deployment. */
export async function* frames(run: Run, heartbeatMs: number, style: FrameStyle): AsyncGenerator<string> {
  for (let next = 0; ; ) {
    for (; next < run.events.length; next += 1) {
      const event = run.events[next];
      if (event !== undefined) yield frame(event, next, style);
    }
    if (run.deleted) {
      yield frame({ event: 'error', data: 'Run not found' }, next, { ...style, ids: false });
      return;
    }
    if (isOver(run)) return;
    const news = await hasNews(run, heartbeatMs);
    if (!news && style.flavour === 'deployed') yield ': heartbeat\r\n\r\n';
  }
}

/** Writes an answer as a server that is well does. Resolves once it is written or the client has gone. */
export async function writeAnswer(response: ServerResponse, answer: Answer): Promise<void> {
  if (response.destroyed) return;
  if (answer.body === null || typeof answer.body === 'string' || Buffer.isBuffer(answer.body)) {
    const length = answer.body === null ? {} : { 'content-length': String(Buffer.byteLength(answer.body)) };
    response.writeHead(answer.status, { ...answer.headers, ...length });
    response.end(answer.body ?? undefined);
    return;
  }
  response.writeHead(answer.status, answer.headers);
  const gone = new Promise<{ done: true; value: undefined }>((resolve) => {
    response.once('close', () => resolve({ done: true, value: undefined }));
  });
  const pieces = answer.body[Symbol.asyncIterator]();
  // Headers and what is ready in the same turn travel together; everything later goes out as it comes.
  let ready = '';
  let flush: NodeJS.Immediate | undefined = setImmediate(() => {
    flush = undefined;
    if (ready === '') response.flushHeaders();
    else response.write(ready);
    ready = '';
  });
  for (;;) {
    const piece = await Promise.race([pieces.next(), gone]);
    if (piece.done) break;
    if (flush === undefined) response.write(piece.value);
    else ready += piece.value;
  }
  clearImmediate(flush);
  if (response.destroyed) answer.left?.();
  else response.end(ready);
}
