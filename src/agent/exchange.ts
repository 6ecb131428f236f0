/** One request and its answer: what comes of it, or an `HttpFault` that says how far it came. */

import type { Dispatcher } from 'undici';
import type { Ownership } from '../contracts.ts';
import type { Placed } from '../crowd.ts';
import type { Runtime } from '../runtime.ts';
import { type Body, createBody, encodingOf } from './decode.ts';
import type { Incoming, Intake } from './intake.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Begins with a slash; joined to the deployment's path prefix. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** W3C Trace Context. Default: none is sent. */
  readonly traceparent?: string | undefined;
  /** `Runtime.now()` by which it must have ended. */
  readonly deadline: number;
  /** Looked at before it is sent, and by the sweep. */
  readonly signal: AbortSignal;
  readonly marks?: RequestMarks | undefined;
  /** Given each piece of an event stream instead of keeping it. */
  readonly onEvents?: ((chunk: Buffer) => void) | undefined;
}

/** Told what a request meets while it is under way. */
export interface RequestMarks {
  onSent(): void;
  onHeaders(status: number, headers: HttpHeaders): void;
}

export type HttpHeaders = Readonly<Record<string, string | string[] | undefined>>;

export interface HttpAnswer {
  readonly status: number;
  readonly headers: HttpHeaders;
  /** Empty where `onEvents` took it. */
  readonly body: Buffer;
}

/** How far a request came: not handed to a connection, sent, or in the middle of its answer. */
export type HttpPhase = 'connecting' | 'sent' | 'answering';
export type HttpReason = 'broken' | 'idle' | 'deadline' | 'aborted' | 'unsure' | 'too_large' | 'undecodable';

/** A request that brought no whole answer. */
export class HttpFault extends Error {
  override readonly name = 'HttpFault';
  readonly reason: HttpReason;
  readonly phase: HttpPhase;
  readonly status: number | null;
  /** What came of the body, decoded. */
  readonly partial: Buffer;

  constructor(
    reason: HttpReason,
    far: { readonly phase: HttpPhase; readonly status: number | null; readonly partial: Buffer },
    cause?: unknown,
  ) {
    super(cause instanceof Error ? cause.message : reason, { cause });
    this.reason = reason;
    this.phase = far.phase;
    this.status = far.status;
    this.partial = far.partial;
  }

  /** The system's or undici's code, e.g. `ECONNREFUSED`. */
  get causeCode(): string {
    const { cause } = this;
    return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  }
}

/** An answer that is `text/event-stream`. */
export const isEventStream = (status: number, headers: HttpHeaders): boolean =>
  status === 200 && /^\s*text\/event-stream\b/i.test(String(headers['content-type']));

export interface ExchangeLimits {
  readonly connectTimeoutMs: number;
  /** Longest silence on a connection. */
  readonly idleTimeoutMs: number;
  /** Nothing is sent unless the batch is surely ours. Default: nobody else can have it. */
  readonly ownership?: Ownership | undefined;
  /** Unpacked. A larger answer is a fault; nothing beyond that is ever held. */
  readonly maxAnswerBytes: number;
}

/** Of an answer that broke off no more is told than a record keeps. */
const mostPartialBytes = 4 * 1024 * 1024;

/** What all requests of a client share. */
export interface ExchangeParts {
  readonly limits: ExchangeLimits;
  readonly runtime: Runtime;
  readonly intake: Intake;
  /** It has ended, and needs no look any more. */
  onOver(exchange: Exchange): void;
}

interface Ends {
  readonly answer: (answer: HttpAnswer) => void;
  readonly fault: (fault: HttpFault) => void;
}

/** An answer that is larger counts among those that may have to wait: one chunk off the network, as most have. */
const largeBytes = 64 * 1024;

/** One request under way, as undici's handler. */
export class Exchange implements Dispatcher.DispatchHandler, Incoming, Placed {
  place = -1;
  private phase: HttpPhase = 'connecting';
  private status = 0;
  private headers: HttpHeaders = {};
  private chunks: Buffer[] = [];
  private bytes = 0;
  private streams = false;
  private lastSignAt: number;
  /** Null: it comes as it is. */
  private content: Body | null = null;
  private controller: Dispatcher.DispatchController | null = null;
  private over = false;
  private isPaused = false;
  private readonly request: HttpRequest;
  private readonly parts: ExchangeParts;
  private readonly ends: Ends;

  constructor(request: HttpRequest, parts: ExchangeParts, ends: Ends) {
    this.request = request;
    this.parts = parts;
    this.ends = ends;
    this.lastSignAt = parts.runtime.now();
  }

  /** Called before it is sent, and by the sweep: ends what is given up or takes too long. False: it is over. */
  look(now: number): boolean {
    const { connectTimeoutMs, idleTimeoutMs, ownership } = this.parts.limits;
    if (this.isPaused) this.lastSignAt = now;
    const longestMs = this.phase === 'connecting' ? connectTimeoutMs : idleTimeoutMs;
    if (this.request.signal.aborted || ownership?.lost.aborted) this.fail('aborted');
    else if (now >= this.request.deadline) this.fail('deadline');
    else if (now - this.lastSignAt >= longestMs) this.fail('idle');
    return !this.over;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // The last moment: the process may have been stopped while it connected.
    if (this.parts.limits.ownership?.isSure === false) this.fail('unsure');
    if (this.over) {
      controller.abort(new Error('given up before it was sent'));
      return;
    }
    this.controller = controller;
    this.phase = 'sent';
    this.lastSignAt = this.parts.runtime.now();
    this.request.marks?.onSent();
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: HttpHeaders): void {
    if (status < 200) return;
    this.phase = 'answering';
    this.status = status;
    this.headers = headers;
    this.streams = this.request.onEvents !== undefined && isEventStream(status, headers);
    const encoding = encodingOf(headers['content-encoding']);
    if (encoding !== null) {
      this.content = createBody(encoding, controller, {
        piece: (bytes) => this.take(bytes),
        whole: () => this.whole(),
        fault: (cause) => this.fail('undecodable', cause),
      });
    }
    this.lastSignAt = this.parts.runtime.now();
    this.request.marks?.onHeaders(status, headers);
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.lastSignAt = this.parts.runtime.now();
    if (this.over) return;
    if (this.content === null) this.take(chunk);
    else this.content.push(chunk);
  }

  onResponseEnd(): void {
    if (this.over) return;
    if (this.content === null) this.whole();
    else this.content.end();
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.fail('broken', error);
  }

  /** A stream may be of any length, an event of it may not. */
  private take(bytes: Buffer): void {
    if (this.streams) {
      this.give(bytes);
      return;
    }
    const room = this.parts.limits.maxAnswerBytes - this.bytes;
    this.bytes += bytes.length;
    if (room > 0) this.chunks.push(bytes.subarray(0, room));
    if (bytes.length > room) this.fail('too_large');
    else if (this.bytes > largeBytes) this.parts.intake.take(this, bytes.length);
  }

  pause(): void {
    this.isPaused = true;
    this.controller?.pause();
  }

  resume(): void {
    this.isPaused = false;
    // Not at once: another answer may just be read, and undici's parsers are not to be entered while one of them runs.
    queueMicrotask(() => this.controller?.resume());
  }

  /** It has ended, whatever came of it. */
  private end(): void {
    if (this.bytes > largeBytes) this.parts.intake.leave(this);
    this.parts.onOver(this);
  }

  private give(bytes: Buffer): void {
    try {
      this.request.onEvents?.(bytes);
    } catch (error) {
      this.fail('too_large', error);
    }
  }

  private whole(): void {
    if (this.over) return;
    this.over = true;
    const { status, headers, chunks } = this;
    this.chunks = [];
    const [first = noBytes] = chunks;
    const body = chunks.length < 2 ? first : Buffer.concat(chunks);
    this.end();
    this.ends.answer({ status, headers, body });
  }

  private fail(reason: HttpReason, cause?: unknown): void {
    if (this.over) return;
    this.over = true;
    const { phase } = this;
    const end = () => {
      const partial = firstOf(this.chunks, mostPartialBytes);
      this.chunks = [];
      this.content?.drop();
      this.end();
      this.ends.fault(new HttpFault(reason, { phase, status: this.status || null, partial }, cause));
    };
    this.controller?.abort(cause instanceof Error ? cause : new Error(reason));
    // What came last may still be on its way out of its encoding.
    if (reason === 'too_large' || reason === 'undecodable' || this.content === null) end();
    else this.content.cut(end);
  }
}

const noBytes = Buffer.alloc(0);

function firstOf(chunks: readonly Buffer[], mostBytes: number): Buffer {
  let bytes = 0;
  const first = chunks.filter((chunk) => {
    const isWanted = bytes < mostBytes;
    bytes += chunk.length;
    return isWanted;
  });
  return Buffer.concat(first, Math.min(bytes, mostBytes));
}
