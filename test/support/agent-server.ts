/**
 * An Agent Server for tests: real HTTP on a free port, in memory, its agent and its faults scripted by the test.
 *
 * ```ts
 * await using server = await startAgentServer({
 *   agent: ({ prompt }) => says(`echo: ${prompt}`),
 *   faults: onCreate(1, dropsAfter()),
 * });
 * ```
 */

import type { AddressInfo } from 'node:net';
import { createHttp } from './server-http.ts';
import type { LoggedRequest } from './server-request.ts';
import type { Assistant, Counts, Run, Thread, World } from './server-state.ts';
import { type AgentServerOptions, newWorld } from './server-world.ts';

export * from './agent-faults.ts';
export * from './agent-replies.ts';
export * from './answer-faults.ts';
export { createsRun, type LoggedRequest } from './server-request.ts';
export type { Assistant, Counts, Flavour, Run, Thread } from './server-state.ts';
export type { AgentServerOptions } from './server-world.ts';

export interface AgentServer extends AsyncDisposable {
  /** With the prefix. */
  readonly url: string;
  /** The one assistant; its fields may be edited. */
  readonly assistant: Assistant;
  /** Every request, as it came. */
  readonly requests: readonly LoggedRequest[];
  /** Every accepted run, deleted ones too. */
  readonly runs: readonly Run[];
  readonly threads: ReadonlyMap<string, Thread>;
  readonly counts: Readonly<Counts>;
  /** Most requests to make a run that were open at once. */
  readonly maxInFlight: number;
  /** The requests of a route, e.g. `GET /threads/{t}/runs`. */
  requestsTo(route: string): LoggedRequest[];
  /** Resolves once the condition holds; looked at after each request and each change of a run. */
  when(condition: (server: AgentServer) => boolean): Promise<void>;
  /** Breaks every connection and refuses new ones; what is remembered stays. */
  goDown(): Promise<void>;
  /** Listens again on the same port. */
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

/** Promises that resolve once a condition holds; `look` is to be called when anything has changed. */
function watchTower() {
  const waiting = new Set<() => void>();
  const until = (condition: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!condition()) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  const look = () => {
    for (const one of waiting) one();
  };
  return { until, look };
}

/** Agents that still work get their signal: nothing of them outlives the test. */
function stopAgents(world: World): void {
  for (const thread of world.threads.values()) for (const run of thread.runs) run.abort.abort();
}

export async function startAgentServer(options: AgentServerOptions = {}): Promise<AgentServer> {
  const tower = watchTower();
  const world = newWorld(options, tower.look);
  const requests: LoggedRequest[] = [];
  const http = createHttp(world, options, requests);

  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      http.once('error', reject);
      http.listen(port, '127.0.0.1', () => resolve());
    });
  const goDown = () =>
    new Promise<void>((resolve) => {
      http.close(() => resolve());
      http.closeAllConnections();
    });
  const close = async () => {
    stopAgents(world);
    await goDown();
  };

  await listen(0);
  const { port } = http.address() as AddressInfo;
  const server: AgentServer = {
    url: `http://127.0.0.1:${port}${options.prefix ?? ''}`,
    assistant: world.assistant,
    requests,
    runs: world.runs,
    threads: world.threads,
    counts: world.counts,
    get maxInFlight() {
      return world.counts.maxInFlight;
    },
    requestsTo: (route) => requests.filter((request) => request.route === route),
    when: (condition) => tower.until(() => condition(server)),
    goDown,
    comeBack: () => listen(port),
    close,
    [Symbol.asyncDispose]: close,
  };
  return server;
}
