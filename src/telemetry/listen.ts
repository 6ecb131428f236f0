/** What is asked by HTTP from outside: metrics, and whether it lives. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigError } from '../errors.ts';
import type { ListenAddress } from '../values.ts';

/** What each path answers. A fault is told with 503; it is no text of strangers. */
export interface Answers {
  metrics(): string;
  /** Null: it lives. */
  healthFault(): string | null;
  /** Null: it does its work. */
  readyFault(): Promise<string | null>;
}

interface Answer {
  readonly status: number;
  readonly type?: string;
  readonly text: string;
}

export interface Listening extends AsyncDisposable {
  /** With the port that it got, where 0 was asked for. */
  readonly url: string;
}

/** Listens until it is disposed of; keeps no process alive. @throws ConfigError where it cannot. */
export async function listen(address: ListenAddress, answers: Answers): Promise<Listening> {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    void answerTo(request.method, request.url, answers)
      .catch(() => ({ status: 500, text: 'no answer could be made' }) satisfies Answer)
      .then(({ status, type = 'text/plain; charset=utf-8', text }: Answer) => {
        response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
        response.end(request.method === 'HEAD' ? undefined : `${text.trimEnd()}\n`);
      });
  });
  server.maxConnections = 64;
  server.listen(address.port, address.host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new ConfigError(unusable(address, error), { cause: error });
  }
  server.unref();
  const { port } = server.address() as AddressInfo;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return {
    url: `http://${host}:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function answerTo(
  method: string | undefined,
  url: string | undefined,
  answers: Answers,
): Promise<Answer> {
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, text: 'GET alone is answered' };
  switch (url?.split('?')[0]) {
    case '/metrics':
      return { status: 200, type: 'text/plain; version=0.0.4; charset=utf-8', text: answers.metrics() };
    case '/healthz':
      return told(answers.healthFault());
    case '/readyz':
      return told(await answers.readyFault());
    default:
      return { status: 404, text: 'there are /metrics, /healthz and /readyz' };
  }
}

const told = (fault: string | null): Answer =>
  fault === null ? { status: 200, text: 'ok' } : { status: 503, text: fault };

function unusable({ host, port }: ListenAddress, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  const why = code === 'EADDRINUSE' ? 'somebody else listens there' : code;
  return `--listen: ${host}:${port} cannot be listened on: ${why}; name another port, or none`;
}
