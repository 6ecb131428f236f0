/** What may go wrong with the connection itself. */

import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import {
  dripsHeaders,
  dropsAfter,
  dropsAfterHeaders,
  dropsBefore,
  type Fault,
  hangs,
  hangsAfter,
  onCreate,
  resets,
  says,
  startAgentServer,
  until,
} from '../support/agent-server.ts';
import {
  type Behaviour,
  everywhere,
  ran,
  refused,
  stateless,
  succeeds,
  threaded,
  unknown,
} from './behaviours.ts';
import type { Asked } from './client.ts';
import { selfSigned } from './self-signed.ts';

const assistant = { assistant_id: '6b2f5c1e-0f50-4b6c-9c1e-8f6f3a1d2e11', graph_id: 'agent' };
const unreachable = (url: string) => async (): Promise<Asked & AsyncDisposable> => ({
  url,
  assistant,
  [Symbol.asyncDispose]: async () => {},
});

/** A port where nothing listens any more. */
async function closed(): Promise<Asked & AsyncDisposable> {
  const server = await startAgentServer();
  await server.close();
  return server;
}

async function untrusted(): Promise<Asked & AsyncDisposable> {
  const server = createServer(selfSigned, (_, response) => response.end('{}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    assistant,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

const breaks = (fault: Fault) => ({ script: () => ({ faults: onCreate('every', fault) }) });
const never = new Promise<never>(() => {});

/** Headers come, then a blank now and then, never an answer; the run goes on. */
const dripsBody: Fault = async ({ handle, response, socket }) => {
  const answer = await handle();
  response.writeHead(answer.status, { ...answer.headers });
  const timer = setInterval(() => response.write('\n'), 10);
  socket.once('close', () => clearInterval(timer));
};

export const connectionBehaviours: readonly Behaviour[] = [
  {
    behaviour: 'nothing listens at the address',
    cases: everywhere(refused('connect', 'CONNECT_REFUSED', null)),
    elsewhere: closed,
  },
  {
    behaviour: 'the host name is not known',
    cases: everywhere(refused('connect', 'DNS_NOT_FOUND', null)),
    orCode: 'DNS_UNAVAILABLE',
    elsewhere: unreachable('http://agent.invalid'),
  },
  {
    behaviour: "the server's certificate is not trusted",
    cases: everywhere(refused('connect', 'TLS_FAILED', null)),
    elsewhere: untrusted,
  },
  {
    behaviour: 'the connection breaks before the request is handled',
    cases: [
      threaded(refused('reset', 'CONNECTION_RESET', null)),
      stateless(unknown('reset', 'CONNECTION_RESET', null)),
    ],
    ...breaks(dropsBefore()),
  },
  {
    behaviour: 'the connection is reset (RST) before the request is handled',
    cases: [
      threaded(refused('reset', 'CONNECTION_RESET', null)),
      stateless(unknown('reset', 'CONNECTION_RESET', null)),
    ],
    ...breaks(resets()),
  },
  {
    behaviour: 'the connection breaks after the run was accepted, before the headers',
    cases: [threaded(succeeds()), stateless(unknown('reset', 'CONNECTION_RESET', null))],
    ...breaks(dropsAfter()),
  },
  {
    behaviour: 'the connection breaks after the headers',
    cases: [threaded(succeeds()), stateless(unknown('reset', 'BODY_CUT_SHORT', null))],
    ...breaks(dropsAfterHeaders()),
  },
  {
    behaviour: 'no header for `--idle-timeout`, and nothing ran',
    cases: [
      threaded(refused('timeout', 'IDLE_TIMEOUT', null)),
      stateless(unknown('timeout', 'IDLE_TIMEOUT', null)),
    ],
    clock: 'pumped',
    ...breaks(hangs()),
  },
  {
    behaviour: 'no header for `--idle-timeout`, and the run was accepted',
    cases: [threaded(succeeds()), stateless(unknown('timeout', 'IDLE_TIMEOUT', null))],
    clock: 'pumped',
    ...breaks(hangsAfter()),
  },
  {
    behaviour: 'headers that drip, and nothing ran',
    cases: [
      threaded(refused('timeout', 'IDLE_TIMEOUT', null)),
      stateless(unknown('timeout', 'IDLE_TIMEOUT', null)),
    ],
    clock: 'pumped',
    ...breaks(dripsHeaders()),
  },
  {
    behaviour: 'no header until `--timeout`, and nothing ran',
    cases: everywhere(unknown('timeout', 'TIMEOUT', null)),
    clock: 'pumped',
    client: { timeoutMs: 30_000 },
    ...breaks(hangs()),
  },
  {
    behaviour: 'the agent takes longer than `--timeout`',
    cases: [threaded(ran('timeout', 'TIMEOUT', null)), stateless(unknown('timeout', 'TIMEOUT', null))],
    clock: 'real',
    client: { timeoutMs: 300 },
    script: () => ({ agent: () => until(never, says('')) }),
  },
  {
    behaviour: 'the body drips until `--timeout`, though the run has ended',
    cases: [threaded(ran('timeout', 'TIMEOUT', null)), stateless(unknown('timeout', 'TIMEOUT', null))],
    clock: 'real',
    client: { timeoutMs: 300 },
    ...breaks(dripsBody),
  },
];
