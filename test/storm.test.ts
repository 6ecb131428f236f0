/** A server that refuses everything for a while, and the batch that waits it out; time moves by the batch's own sleeps. */

import { describe, expect, it } from 'vitest';
import { HttpFault } from '../src/agent/exchange.ts';
import { faultFailure } from '../src/agent/failures.ts';
import { connect } from '../src/agent/index.ts';
import { success } from '../src/agent/response.ts';
import { type BatchEnd, type BatchOptions, runBatch } from '../src/batch.ts';
import type { Try } from '../src/contracts.ts';
import { createLocalEngine } from '../src/engines/local.ts';
import { RequestError } from '../src/errors.ts';
import type { OutageState } from '../src/outage.ts';
import type { Delivery, Example, JobRecord } from '../src/types.ts';
import { plainConnection, plainSettings } from './agent/client.ts';
import { inOrder } from './made-examples.ts';
import { createsRun, type FaultRule, resets, startAgentServer, status } from './support/agent-server.ts';
import { manualRuntime } from './support/manual-runtime.ts';

const examplesOf = (count: number): Example[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `e-${index}`,
    index,
    input: `question ${index}`,
    expected: null,
    metadata: {},
    cells: [],
  }));

interface Storm {
  /** After how many requests that create runs it begins. */
  readonly after: number;
  readonly lastsMs: number;
  readonly refuses: 'everything' | 'runs';
  readonly how: 'reset' | 503 | 429;
  readonly delivery: Delivery;
  readonly options?: Partial<BatchOptions>;
  readonly concurrency?: number;
}

async function ride({ after, lastsMs, refuses, how, delivery, options, concurrency = 20 }: Storm) {
  const runtime = manualRuntime({ autoSleep: true });
  let creates = 0;
  let until: number | null = null;
  let refused = 0;
  const storm: FaultRule = (request) => {
    if (createsRun(request)) creates += 1;
    if (creates > after) until ??= runtime.now() + lastsMs;
    const isOn = until !== null && runtime.now() < until;
    if (!isOn || (refuses === 'runs' && !createsRun(request))) return undefined;
    refused += 1;
    return how === 'reset' ? resets() : status(how);
  };
  await using server = await startAgentServer({ faults: storm });
  const { url, assistant } = server;
  // The clock leaps with each sleep of the batch, also while a request is on its way: no silence is to be seen in that.
  const patience = { connectTimeoutMs: 36_000_000, idleTimeoutMs: 36_000_000 };
  const connection = connect({ url, agent: 'agent', ...plainConnection, ...patience }, runtime);
  const facts = { id: assistant.assistant_id, name: null, graph: null, version: '1', updatedAt: null };
  const records: JobRecord[] = [];
  const told: OutageState[] = [];
  const end: BatchEnd = await runBatch({
    examples: inOrder(examplesOf(100)),
    agent: connection.agent(facts, { ...plainSettings, delivery }, { note: async () => {} }),
    engine: createLocalEngine(concurrency),
    sink: { write: async (record) => void records.push(record), close: async () => {} },
    options: { ...options, delivery },
    runtime,
    onOutage: (state) => told.push(state),
  });
  await connection.close();
  return { end, records, told, refused, runs: server.counts.runs, threads: server.threads.size };
}

describe.each(['exactly-once', 'at-least-once'] as const)('a storm under %s', (delivery) => {
  it.each([
    ['everything', 503],
    ['everything', 429],
    ['runs', 503],
    ['runs', 429],
  ] as const)('of refusals of %s with %i is waited out, and every example answered', async (refuses, how) => {
    const { end, records, told, refused, runs, threads } = await ride({
      after: 30,
      lastsMs: 300_000,
      refuses,
      how,
      delivery,
    });

    expect(end).toEqual({ stop: null, threadsLeft: 0, jobsLeft: 0 });
    expect(records.map(({ outcome }) => outcome)).toEqual(Array(100).fill('success'));
    expect(runs).toBe(100);
    expect(threads).toBe(0);
    expect(told.at(0)?.isOn).toBe(true);
    expect(told.at(-1)?.isOn).toBe(false);
    // Each of those in flight once or twice, and then a look now and then.
    expect(refused).toBeLessThan(200);
  });
});

describe('a storm that does not end', () => {
  it('stops the batch, leaves no record of what was refused, and asks no more', async () => {
    const { end, records, runs } = await ride({
      after: 30,
      lastsMs: Number.POSITIVE_INFINITY,
      refuses: 'everything',
      how: 503,
      delivery: 'exactly-once',
      options: { giveUpMs: 60_000 },
    });

    expect(end.stop).toMatchObject({ code: 'unreachable' });
    expect(end.stop?.message).toContain('for 60 s (--give-up): HTTP_503');
    expect(records.every(({ outcome }) => outcome === 'success')).toBe(true);
    // Of those that were taken and could not be proved any more, the next start takes the outcome.
    expect(records.length).toBeLessThanOrEqual(runs);
  });

  it('is waited for at the beginning of a batch too', async () => {
    const { end, records } = await ride({
      after: 0,
      lastsMs: 60_000,
      refuses: 'everything',
      how: 503,
      delivery: 'exactly-once',
    });

    expect(end.stop).toBeNull();
    expect(records.every(({ outcome }) => outcome === 'success')).toBe(true);
  });
});

describe('a storm under at-most-once', () => {
  it('leaves uncertain what a 503 refused, sends none of it again, and asks the rest', async () => {
    const { end, records, runs } = await ride({
      after: 30,
      lastsMs: 60_000,
      refuses: 'everything',
      how: 503,
      delivery: 'at-most-once',
    });

    const errors = records.filter(({ outcome }) => outcome === 'error');
    expect(end.stop).toBeNull();
    expect(errors.map(({ failure }) => [failure?.code, failure?.uncertain])).toEqual(
      errors.map(() => ['HTTP_503', true]),
    );
    expect(records.length).toBe(100);
    expect(runs).toBe(100 - errors.length);
    expect(errors.length).toBeLessThanOrEqual(30);
  });
});

describe('a network that is down', () => {
  const broken = (code: string) =>
    new HttpFault(
      'broken',
      { phase: 'connecting', status: null, partial: Buffer.alloc(0) },
      Object.assign(new Error(code), { code }),
    );

  it.each([
    ['ENOTFOUND', 30_000],
    ['EAI_AGAIN', 30_000],
    ['ECONNREFUSED', 60_000],
    ['EHOSTUNREACH', 60_000],
    ['UND_ERR_CONNECT_TIMEOUT', 60_000],
  ])(
    '(%s, for %i ms) is waited out under at-most-once too, and every example asked',
    async (code, lastsMs) => {
      const runtime = manualRuntime({ autoSleep: true });
      const isDown = () => runtime.now() < lastsMs;
      const records: JobRecord[] = [];
      const ask = async (_: unknown, attempt: Try) => {
        attempt.begin();
        if (isDown()) throw new RequestError(faultFailure(broken(code)));
        return success({ values: { messages: [] }, said: { text: null }, place: { sent: [], before: null } });
      };

      const end = await runBatch({
        examples: inOrder(examplesOf(50)),
        agent: {
          version: null,
          probe: async () => !isDown(),
          open: () => ({ ask, close: async () => true }),
        },
        engine: createLocalEngine(10),
        sink: { write: async (record) => void records.push(record), close: async () => {} },
        options: { delivery: 'at-most-once', timeoutMs: 5_000 },
        runtime,
      });

      expect(end.stop).toBeNull();
      expect(records.map(({ outcome }) => outcome)).toEqual(Array(50).fill('success'));
      expect(runtime.now()).toBeGreaterThanOrEqual(lastsMs);
      expect(runtime.now()).toBeLessThan(lastsMs + 60_000);
    },
  );
});
