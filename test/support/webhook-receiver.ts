/** Who is told: a real server on a free port that keeps what came, and answers as the test says. */

import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { selfSigned } from '../agent/self-signed.ts';

export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Every request, in order, whatever was answered. */
  readonly heard: readonly Heard[];
  /** Resolves once so many requests have come. */
  when(count: number): Promise<void>;
}

/** How the n-th request is answered, from 1. */
export type Answers = (count: number, ...parts: Parameters<RequestListener>) => void;

export const status =
  (code: number, headers: Record<string, string> = {}): Answers =>
  (_, __, response) =>
    void response.writeHead(code, headers).end('x');

/** As the first that is left for it. */
export const inTurn =
  (first: Answers, times: number, then: Answers): Answers =>
  (count, ...parts) =>
    (count <= times ? first : then)(count, ...parts);

/** Keeps the connection, says nothing. */
export const hangs: Answers = () => {};

export async function startReceiver(
  answers: Answers = status(200),
  { tls = false }: { readonly tls?: boolean } = {},
): Promise<Receiver> {
  const heard: Heard[] = [];
  const waiting = new Set<() => void>();
  const sockets = new Set<Socket>();
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      heard.push({ method, path: url, headers, body: Buffer.concat(chunks).toString() });
      answers(heard.length, request, response);
      for (const look of waiting) look();
    });
  };
  const server = tls ? createTlsServer(selfSigned, listener) : createServer(listener);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    heard,
    when: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (heard.length < count) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
