/**
 * Whatever befalls the requests of a turn, and however often the process dies: never more than one accepted run, and
 * never a failure that is certain of what is not so. Each run prints its seed when it fails.
 */

import { once } from 'node:events';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Attempted } from '../../src/attempt.ts';
import type { Intent } from '../../src/types.ts';
import {
  type AgentServerOptions,
  bad502,
  createsRun,
  dropsAfter,
  dropsAfterHeaders,
  dropsBefore,
  emptyBody,
  type Fault,
  hangs,
  hangsAfter,
  html,
  resets,
  startAgentServer,
  status,
} from '../support/agent-server.ts';
import { manualRuntime } from '../support/manual-runtime.ts';
import { type ClientOptions, jobOf, startClient } from './client.ts';
import { pumped } from './pumped.ts';

const faults: Record<string, Fault> = {
  'drops before': dropsBefore(),
  resets: resets(),
  'drops after': dropsAfter(),
  'drops after headers': dropsAfterHeaders(),
  'balancer 502': bad502(),
  'status 503': status(503),
  'status 429': status(429, 'slow', { 'retry-after': '1' }),
  'status 409': status(409),
  hangs: hangs(),
  'hangs after': hangsAfter(),
  html: html(),
  'empty body': emptyBody(),
};

interface Chaos {
  /** What befalls the n-th request; null: nothing. */
  readonly plan: readonly (string | null)[];
  /** At which requests the process dies: before or after they are handled. */
  readonly deaths: readonly { readonly at: number; readonly isHandled: boolean }[];
}

const names = [...Object.keys(faults), 'held while waited for', 'held to the end'];
const chaos = fc.record({
  plan: fc.array(fc.option(fc.constantFrom(...names), { freq: 2 }), { maxLength: 14 }),
  deaths: fc.array(fc.record({ at: fc.nat(20), isHandled: fc.boolean() }), { maxLength: 3 }),
});

/** A proxy holds the request, and forwards it when its client has left. */
const heldWhileWaitedFor: Fault = async ({ handle, socket }) => {
  await once(socket, 'close');
  await handle();
};

/** The turn from its first start to the one that had an outcome. */
async function survive({ plan, deaths }: Chaos, options: ClientOptions, serverOptions: AgentServerOptions) {
  let count = -1;
  let die = () => {};
  const late: (() => Promise<unknown>)[] = [];
  const heldToTheEnd: Fault = ({ handle }) => void late.push(handle);
  const server = await startAgentServer({
    ...serverOptions,
    faults: (request) => {
      count += 1;
      const death = deaths.find(({ at }) => at === count);
      if (death !== undefined) {
        return async ({ handle, socket }) => {
          if (death.isHandled) await handle();
          die();
          socket.destroy();
        };
      }
      const name = plan[count];
      if (name === 'held while waited for') return createsRun(request) ? heldWhileWaitedFor : undefined;
      if (name === 'held to the end') return createsRun(request) ? heldToTheEnd : undefined;
      return name ? faults[name] : undefined;
    },
  });
  let intent: Intent | null = null;
  for (;;) {
    const runtime = manualRuntime();
    const abort = new AbortController();
    die = () => abort.abort();
    await using client = startClient(server, { ...options, runtime, signal: abort.signal });
    const attempted: Attempted = await pumped(runtime, client.ask(jobOf('hi', { intent })));
    intent = client.intents.at(-1) ?? intent;
    // A start that died has no record, whatever it had come to.
    if (abort.signal.aborted) continue;
    for (const forward of late) await forward();
    return { ...attempted, server, [Symbol.asyncDispose]: () => server.close() };
  }
}

const ways: [string, ClientOptions, AgentServerOptions][] = [
  ['exactly-once', { delivery: 'exactly-once' }, {}],
  ['exactly-once, streamed', { delivery: 'exactly-once', stream: true }, { flavour: 'deployed' }],
  ['exactly-once, with ids of the server', { delivery: 'exactly-once' }, { threadIds: 'refused' }],
  ['at-most-once', { delivery: 'at-most-once' }, {}],
  ['at-most-once without a thread', { delivery: 'at-most-once', mode: 'stateless' }, {}],
];

it.each(ways)(
  'a turn runs once at the most, and its end is told as it is (%s)',
  async (_, options, serverOptions) => {
    await fc.assert(
      fc.asyncProperty(chaos, async (scene) => {
        await using end = await survive(scene, options, serverOptions);
        const { outcome, server } = end;

        const { failure } = outcome;
        expect(server.counts.runs).toBeLessThanOrEqual(1);
        if (outcome.outcome === 'success') expect(server.counts.runs).toBe(1);
        if (failure?.may_have_run === false) expect(server.counts.runs).toBe(0);
        expect(server.counts.deletedWhileBusy).toBe(0);
      }),
      { numRuns: Number(process.env['CHAOS_RUNS'] ?? 40) },
    );
  },
);
