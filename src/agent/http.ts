/**
 * One undici pool to the deployment. Never retries, never follows a redirect (keys would go along). Requests are
 * watched by one sweep, not by a timer or a signal each.
 */

import type { Dispatcher } from 'undici';
import type { Backlog, Ownership } from '../contracts.ts';
import { Crowd } from '../crowd.ts';
import type { Runtime } from '../runtime.ts';
import { createProxied, loadPool, type Proxies } from '../undici.ts';
import {
  Exchange,
  type ExchangeLimits,
  type ExchangeParts,
  type HttpAnswer,
  HttpFault,
  type HttpRequest,
} from './exchange.ts';
import { Intake } from './intake.ts';

export interface HttpOptions extends ExchangeLimits {
  /** Of large answers that are not whole yet, and of what waits for the disk. Default: 96 MB. */
  readonly mostWaitingBytes?: number | undefined;
  /** The deployment, without user part; may carry a path prefix. */
  readonly url: string;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  /** Proxies, as `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` say. */
  readonly proxies: Proxies;
}

export interface Http {
  /** @throws HttpFault */
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** To be told of what waits for the disk: large answers are taken in only while there is room. */
  readonly backlog: Backlog;
  close(): Promise<void>;
}

const sweepMs = 100;
const mostWaitingBytes = 96 * 1024 * 1024;
/** Below any server's own: a local Agent Server closes idle connections after 5 s, and a POST must not meet that. */
const keepAliveMs = 3_000;

export function createHttp(options: HttpOptions, runtime: Runtime): Http {
  const { origin, pathname } = new URL(options.url);
  const prefix = pathname.replace(/\/+$/, '');
  const headers = {
    plain: { ...options.headers },
    json: { ...options.headers, 'content-type': 'application/json' },
  };
  const dispatcher = createDispatcher(origin, options);
  const inFlight = new Crowd<Exchange>();
  const stopSweep = runtime.every(sweepMs, () => {
    const now = runtime.now();
    for (const exchange of inFlight.now()) exchange.look(now);
  });

  const intake = new Intake(options.mostWaitingBytes ?? mostWaitingBytes);
  const parts: ExchangeParts = {
    limits: options,
    runtime,
    intake,
    onOver: (exchange) => inFlight.remove(exchange),
  };
  const exchangeOf = (request: HttpRequest): Promise<HttpAnswer> =>
    new Promise((resolve, reject) => {
      const exchange = new Exchange(request, parts, { answer: resolve, fault: reject });
      if (!exchange.look(runtime.now())) return;
      inFlight.add(exchange);
      const { method, path, body, traceparent } = request;
      const own = body === undefined ? headers.plain : headers.json;
      dispatcher.dispatch(
        {
          origin,
          path: prefix + path,
          method,
          headers: traceparent === undefined ? own : { ...own, traceparent },
          body: body === undefined ? null : JSON.stringify(body),
          // undici's own limits are five minutes, too short for an agent; the sweep has ours.
          headersTimeout: 0,
          bodyTimeout: 0,
        },
        exchange,
      );
    });

  return {
    backlog: intake,
    send: options.ownership === undefined ? exchangeOf : sentByOwner(exchangeOf, options.ownership),
    close: async () => {
      stopSweep();
      await dispatcher.destroy();
    },
  };
}

/** Sends only what is surely the batch's own; what was held back at the last moment is sent once that is proved. */
function sentByOwner(send: Http['send'], ownership: Ownership): Http['send'] {
  const sendProved = async (request: HttpRequest): Promise<HttpAnswer> => {
    const isProved = await ownership.prove().then(...yesOrNo);
    return isProved ? sendSure(request) : send(request);
  };
  const sendSure = (request: HttpRequest) =>
    send(request).catch((fault: unknown) => {
      if (fault instanceof HttpFault && fault.reason === 'unsure') return sendProved(request);
      throw fault;
    });
  return (request) => (ownership.isSure ? sendSure(request) : sendProved(request));
}

const yesOrNo = [() => true, () => false] as const;

function createDispatcher(origin: string, { proxies, connectTimeoutMs }: HttpOptions): Dispatcher {
  const settings = {
    connections: null,
    pipelining: 1, // never more: a run-creating request must not wait behind another
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMs,
    connect: { timeout: connectTimeoutMs },
  };
  return createProxied(proxies, settings) ?? new (loadPool())(origin, settings);
}
