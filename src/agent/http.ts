/**
 * One undici pool, and what comes of a request: an answer, or an `HttpFault` that says how far it came.
 * Never retries, never follows a redirect (keys would go along). Requests are watched by one sweep, not by a timer
 * or a signal each.
 */

import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici';
import type { Runtime } from '../runtime.ts';

export interface HttpOptions {
  /** The deployment, without user part; may carry a path prefix. */
  readonly url: string;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  readonly connectTimeoutMs: number;
  /** Longest silence on a connection. */
  readonly idleTimeoutMs: number;
  /** Proxies, as `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` say. */
  readonly proxies: {
    readonly http?: string | undefined;
    readonly https?: string | undefined;
    readonly no?: string | undefined;
  };
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Begins with a slash; joined to the deployment's path prefix. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** `Runtime.now()` by which it must have ended. */
  readonly deadline: number;
  /** Looked at by the sweep. */
  readonly signal: AbortSignal;
  readonly idleTimeoutMs?: number;
  readonly onSent?: () => void;
  readonly onHeaders?: (status: number, headers: HttpHeaders) => void;
  /** Given each piece of a 200's body instead of keeping it. */
  readonly onData?: (chunk: Buffer) => void;
}

export type HttpHeaders = Readonly<Record<string, string | string[] | undefined>>;

export interface HttpAnswer {
  readonly status: number;
  readonly headers: HttpHeaders;
  /** Empty where `onData` took it. */
  readonly body: Buffer;
}

/** How far a request came: not handed to a connection, sent, or in the middle of its answer. */
export type HttpPhase = 'connecting' | 'sent' | 'answering';
export type HttpReason = 'broken' | 'idle' | 'deadline' | 'aborted' | 'too_large' | 'undecodable';

/** A request that brought no whole answer. */
export class HttpFault extends Error {
  override readonly name = 'HttpFault';
  readonly phase: HttpPhase;
  readonly reason: HttpReason;
  readonly status: number | null;
  readonly headers: HttpHeaders;
  /** What came of the body. */
  readonly partial: Buffer;

  constructor(reason: HttpReason, exchange: Exchange, cause?: unknown) {
    super(cause instanceof Error ? cause.message : reason, { cause });
    this.reason = reason;
    this.phase = exchange.phase;
    this.status = exchange.status;
    this.headers = exchange.headers;
    this.partial = Buffer.concat(exchange.chunks);
  }

  /** The system's or undici's code, e.g. `ECONNREFUSED`. */
  get causeCode(): string {
    const { cause } = this;
    return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  }
}

export interface Http {
  /** @throws HttpFault */
  send(request: HttpRequest): Promise<HttpAnswer>;
  close(): Promise<void>;
}

/** Larger answers are refused: a state of 100 MB is a fault, not an answer. */
const mostAnswerBytes = 100 * 1024 * 1024;
const sweepMs = 100;
/** Below any server's own: a local Agent Server closes idle connections after 5 s, and a POST must not meet that. */
const keepAliveMs = 3_000;

export function createHttp(options: HttpOptions, runtime: Runtime): Http {
  const { origin, pathname } = new URL(options.url);
  const prefix = pathname.replace(/\/+$/, '');
  const dispatcher = createDispatcher(origin, options);
  const inFlight = new Set<Exchange>();
  const stopSweep = runtime.every(sweepMs, () => {
    const now = runtime.now();
    for (const exchange of inFlight) exchange.look(now);
  });

  const send = (request: HttpRequest): Promise<HttpAnswer> =>
    new Promise((resolve, reject) => {
      const exchange = new Exchange(request, options.idleTimeoutMs, runtime, {
        answer: (answer) => {
          inFlight.delete(exchange);
          resolve(answer);
        },
        fault: (fault) => {
          inFlight.delete(exchange);
          reject(fault);
        },
      });
      inFlight.add(exchange);
      const headers: Record<string, string> = { ...options.headers };
      if (request.body !== undefined) headers['content-type'] = 'application/json';
      dispatcher.dispatch(
        {
          origin,
          path: prefix + request.path,
          method: request.method,
          headers,
          body: request.body === undefined ? null : JSON.stringify(request.body),
          // undici's own limits are five minutes, too short for an agent; the sweep has ours.
          headersTimeout: 0,
          bodyTimeout: 0,
        },
        exchange,
      );
    });

  return {
    send,
    close: async () => {
      stopSweep();
      await dispatcher.destroy();
    },
  };
}

function createDispatcher(origin: string, { proxies, connectTimeoutMs }: HttpOptions): Dispatcher {
  const settings = {
    connections: null,
    pipelining: 1, // never more: a run-creating request must not wait behind another
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMs,
    connect: { timeout: connectTimeoutMs },
  };
  const { http, https, no } = proxies;
  if (!http && !https) return new Pool(origin, settings);
  return new EnvHttpProxyAgent({
    ...settings,
    // An empty text is none; left out, undici would read the process's own environment.
    httpProxy: http ?? '',
    httpsProxy: https ?? '',
    noProxy: no ?? '',
  });
}

interface Ends {
  readonly answer: (answer: HttpAnswer) => void;
  readonly fault: (fault: HttpFault) => void;
}

/** One request under way, as undici's handler. */
class Exchange implements Dispatcher.DispatchHandler {
  phase: HttpPhase = 'connecting';
  status: number | null = null;
  headers: HttpHeaders = {};
  readonly chunks: Buffer[] = [];
  private bytes = 0;
  private lastByteAt: number;
  private controller: Dispatcher.DispatchController | null = null;
  private over = false;
  private readonly request: HttpRequest;
  private readonly idleTimeoutMs: number;
  private readonly runtime: Runtime;
  private readonly ends: Ends;

  constructor(request: HttpRequest, idleTimeoutMs: number, runtime: Runtime, ends: Ends) {
    this.request = request;
    this.idleTimeoutMs = request.idleTimeoutMs ?? idleTimeoutMs;
    this.runtime = runtime;
    this.ends = ends;
    this.lastByteAt = runtime.now();
  }

  /** Called by the sweep: ends what takes too long. */
  look(now: number): void {
    if (this.request.signal.aborted) this.fail('aborted');
    else if (now >= this.request.deadline) this.fail('deadline');
    else if (this.phase !== 'connecting' && now - this.lastByteAt >= this.idleTimeoutMs) this.fail('idle');
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.over) return controller.abort(new Error('given up'));
    this.controller = controller;
    this.phase = 'sent';
    this.lastByteAt = this.runtime.now();
    this.request.onSent?.();
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: HttpHeaders): void {
    if (status < 200) return;
    this.phase = 'answering';
    this.status = status;
    this.headers = headers;
    this.lastByteAt = this.runtime.now();
    this.request.onHeaders?.(status, headers);
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.lastByteAt = this.runtime.now();
    this.bytes += chunk.length;
    if (this.bytes > mostAnswerBytes) return this.fail('too_large');
    if (this.streams) this.request.onData?.(chunk);
    else this.chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (this.over) return;
    try {
      const body = decoded(Buffer.concat(this.chunks), this.headers['content-encoding']);
      if (this.request.onData && this.status === 200 && !this.streams) {
        this.request.onData(body);
        this.chunks.length = 0;
      }
      this.over = true;
      this.ends.answer({ status: this.status ?? 0, headers: this.headers, body });
    } catch (error) {
      this.fail('undecodable', error);
    }
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.fail('broken', error);
  }

  private get streams(): boolean {
    return this.request.onData !== undefined && this.status === 200 && !this.headers['content-encoding'];
  }

  private fail(reason: HttpReason, cause?: unknown): void {
    if (this.over) return;
    this.over = true;
    const fault = new HttpFault(reason, this, cause);
    this.controller?.abort(fault);
    this.ends.fault(fault);
  }
}

/** We ask for no encoding; some servers encode all the same. */
function decoded(body: Buffer, encoding: string | string[] | undefined): Buffer {
  const limit = { maxOutputLength: mostAnswerBytes };
  switch (encoding) {
    case undefined:
    case 'identity':
      return body;
    case 'gzip':
      return gunzipSync(body, limit);
    case 'deflate':
      return inflateSync(body, limit);
    case 'br':
      return brotliDecompressSync(body, limit);
    default:
      throw new Error(`the answer is encoded as ${String(encoding)}`);
  }
}
