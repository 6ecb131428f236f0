/** A wall clock that jumps: no latency, deadline, back-off, pace or pause may follow it. */

import { describe, expect, it } from 'vitest';
import { connect } from '../src/agent/index.ts';
import { runBatch } from '../src/batch.ts';
import { createLocalEngine } from '../src/engines/local.ts';
import type { Runtime } from '../src/runtime.ts';
import type { JobRecord } from '../src/types.ts';
import { plainConnection, plainSettings } from './agent/client.ts';
import { inOrder, madeExample } from './made-examples.ts';
import {
  dropsAfter,
  dropsBefore,
  type FaultRule,
  onCreate,
  startAgentServer,
  status,
} from './support/agent-server.ts';
import { manualRuntime } from './support/manual-runtime.ts';

const hourMs = 3_600_000;
const httpDate = (ms: number) => new Date(ms).toUTCString();
const serverMs = Date.parse('2026-11-22T10:00:00Z');

const faults = (): FaultRule[] => [
  onCreate(2, status(429, 'later', { 'retry-after': '7' })),
  onCreate(4, dropsBefore()),
  onCreate(6, status(503, 'later', { 'retry-after': httpDate(serverMs + 40_000), date: httpDate(serverMs) })),
  onCreate(8, dropsAfter()),
];

/** A batch with every kind of wait in it, under a wall clock that is so many ms off at each look. */
async function ride(offMs: () => number) {
  const hand = manualRuntime({ autoSleep: true });
  const { now, random, every, sleep } = hand;
  const runtime: Runtime = {
    now,
    random,
    every,
    sleep,
    date: () => new Date(serverMs + now() + offMs()),
  };
  await using server = await startAgentServer({ faults: faults() });
  const connection = connect({ url: server.url, agent: 'agent', ...plainConnection }, runtime);
  const records: JobRecord[] = [];
  await runBatch({
    examples: inOrder(Array.from({ length: 8 }, (_, index) => madeExample({ index }))),
    agent: connection.agent(
      { id: server.assistant.assistant_id, name: null, graph: null, version: '1', updatedAt: null },
      { ...plainSettings, ratePerMs: 1 / 3_000 },
      { note: async () => {} },
    ),
    engine: createLocalEngine(1),
    sink: { write: async (record) => void records.push(record), close: async () => {} },
    options: { timeoutMs: 100_000 },
    runtime,
  });
  await connection.close();
  const measured = records.map(({ outcome, latency_ms, wait_ms, attempts }) => ({
    outcome,
    latency_ms,
    wait_ms,
    attempts: attempts.map(({ latency_ms, failure }) => [latency_ms, failure?.code]),
  }));
  return { measured, slept: hand.slept, tookMs: now() };
}

describe('a wall clock', () => {
  it('that jumps an hour to and fro changes nothing that is measured or waited for', async () => {
    let looks = 0;

    const steady = await ride(() => 0);
    const jumping = await ride(() => {
      looks += 1;
      return looks % 2 === 0 ? hourMs : -hourMs;
    });

    expect(looks).toBeGreaterThan(16);
    expect(jumping).toEqual(steady);
    expect(steady.measured.map(({ outcome }) => outcome)).toEqual(Array(8).fill('success'));
    // The seconds and the date that the server named, and the pace.
    expect(Math.max(...steady.slept)).toBeGreaterThanOrEqual(40_000);
    expect(Math.max(...steady.slept)).toBeLessThan(60_000);
    expect(steady.tookMs).toBeGreaterThan(7 * 3_000);
  });
});
