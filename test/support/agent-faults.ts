/**
 * What may go wrong between a client and an agent server, by name.
 *
 * A fault takes the place of the plain way of a request: to be handled, and its answer to be written. Those that
 * spoil the answer itself are in `answer-faults.ts`.
 */

import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Answer } from './server-answers.ts';
import { createsRun, type LoggedRequest } from './server-request.ts';

export interface Exchange {
  readonly request: LoggedRequest;
  readonly socket: Socket;
  readonly response: ServerResponse;
  /** Lets the server handle the request: what it changes is changed by this. */
  handle(): Promise<Answer>;
  /** Writes an answer as a server that is well does. */
  write(answer: Answer): Promise<void>;
}

export type Fault = (exchange: Exchange) => Promise<void> | void;

/** Chooses a request's fault; `n` counts the requests of its route, from 1. */
export type FaultRule = (request: LoggedRequest, n: number) => Fault | undefined;

/** Which of the requests that match: the n-th from 1, some of them, or every one. */
export type Which = number | readonly number[] | 'every';

/** A fault for some of the requests that a test of its own picks. */
export function onMatch(matches: (request: LoggedRequest) => boolean, which: Which, fault: Fault): FaultRule {
  let count = 0;
  return (request) => {
    if (!matches(request)) return undefined;
    count += 1;
    const isMeant =
      which === 'every' || (typeof which === 'number' ? which === count : which.includes(count));
    return isMeant ? fault : undefined;
  };
}

/** A fault for some of the requests that make a run. */
export const onCreate = (which: Which, fault: Fault): FaultRule => onMatch(createsRun, which, fault);

/** A fault for some of the requests of a route, e.g. `GET /threads/{t}/runs`. */
export const onRoute = (route: string, which: Which, fault: Fault): FaultRule =>
  onMatch((request) => request.route === route, which, fault);

export const plain = (
  status: number,
  text: string,
  contentType: string,
  headers: Record<string, string> = {},
): Answer => ({
  status,
  headers: { 'content-type': contentType, ...headers },
  body: text,
});

/** Refused with this status before the server has seen it. */
export const status =
  (
    code: number,
    body: unknown = { detail: `refused with ${code}` },
    headers: Record<string, string> = {},
  ): Fault =>
  ({ write }) =>
    write(
      typeof body === 'string'
        ? plain(code, body, 'text/plain', headers)
        : plain(code, JSON.stringify(body), 'application/json', headers),
    );

/** The connection breaks before the request is handled. */
export const dropsBefore =
  (): Fault =>
  ({ socket }) =>
    void socket.destroy();

/** The request is handled, then the connection breaks without a byte of an answer. */
export const dropsAfter =
  (): Fault =>
  async ({ handle, socket }) => {
    await handle();
    socket.destroy();
  };

/** The request is handled, yet a balancer answers 502 in the server's name. */
export const bad502 =
  (code = 502): Fault =>
  async ({ handle, write }) => {
    await handle();
    await write(plain(code, `<html><body><h1>${code} Bad Gateway</h1></body></html>`, 'text/html'));
  };

/** Accepts and never answers; the request is not handled. */
export const hangs = (): Fault => () => {};

/** The request is handled and never answered. */
export const hangsAfter =
  (): Fault =>
  async ({ handle }) =>
    void (await handle());

/** 200 with somebody else's page, such as a login; the request is not handled. */
export const html = (): Fault =>
  status(200, '<!doctype html><title>Sign in</title>', { 'content-type': 'text/html' });

/** Sent elsewhere; the request is not handled here. */
export const redirects = (to: string, code = 307): Fault => status(code, '', { location: to });

/** A proxy holds the request for so long, then forwards it, whether the client is still there or not. */
export const holds =
  (until: number | Promise<unknown>): Fault =>
  async ({ handle, write }) => {
    await (typeof until === 'number' ? new Promise((resolve) => setTimeout(resolve, until)) : until);
    await write(await handle());
  };

/** A proxy forwards the request, and a copy of it later, whose answer nobody gets. */
export const copies =
  (later: Promise<unknown>): Fault =>
  async ({ handle, write }) => {
    await write(await handle());
    await later;
    await handle();
  };

/** The connection is reset (RST) before the request is handled. */
export const resets =
  (): Fault =>
  ({ socket }) =>
    void socket.resetAndDestroy();

/** A byte of an endless header now and then, never an answer; the request is not handled. */
export const dripsHeaders =
  (everyMs = 10): Fault =>
  ({ socket }) => {
    socket.write('HTTP/1.1 200 OK\r\nx-slow: ');
    const timer = setInterval(() => socket.write('z'), everyMs);
    socket.once('close', () => clearInterval(timer));
  };
