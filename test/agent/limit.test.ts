import { setMaxListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createLimit } from '../../src/agent/limit.ts';
import { manualRuntime } from '../support/manual-runtime.ts';

const never = new AbortController().signal;
setMaxListeners(0, never);
const patient = { deadline: Number.POSITIVE_INFINITY, signal: never };

describe('the rate', () => {
  it('spreads what comes at once over time, from the first on', async () => {
    const runtime = manualRuntime();
    const limit = createLimit(2 / 1_000, runtime);
    const at: number[] = [];

    const taken = Promise.all(
      Array.from({ length: 5 }, async () => {
        await limit.take(patient);
        at.push(runtime.now());
      }),
    );
    await runtime.advance(10_000);
    await taken;

    expect(at).toEqual([0, 500, 1_000, 1_500, 2_000]);
  });

  it('allows no burst after a pause', async () => {
    const runtime = manualRuntime();
    const limit = createLimit(1 / 1_000, runtime);
    const at: number[] = [];
    const take = async () => {
      await limit.take(patient);
      at.push(runtime.now());
    };

    await take();
    await runtime.advance(60_000);
    const taken = Promise.all([take(), take(), take()]);
    await runtime.advance(10_000);
    await taken;

    expect(at).toEqual([0, 60_000, 61_000, 62_000]);
  });

  it('never lets more through in any second than it says, whenever they come', async () => {
    const runtime = manualRuntime();
    const limit = createLimit(10 / 1_000, runtime);
    const at: number[] = [];

    const taken: Promise<unknown>[] = [];
    for (let step = 0; step < 60; step += 1) {
      taken.push(Promise.resolve(limit.take(patient)).then(() => at.push(runtime.now())));
      await runtime.advance(runtime.random() * 150);
    }
    await runtime.advance(60_000);
    await Promise.all(taken);

    const gaps = at.slice(1).map((time, index) => time - (at[index] ?? 0));
    expect(at).toHaveLength(60);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(100 - 1e-6);
  });

  it('gives no place after a deadline, and keeps it for others', async () => {
    const runtime = manualRuntime();
    const limit = createLimit(1 / 1_000, runtime);
    await limit.take(patient);

    const late = await limit.take({ deadline: 500, signal: never });
    const next = limit.take(patient);
    await runtime.advance(1_000);

    expect(late).toBe(false);
    expect(await next).toBe(true);
    expect(runtime.now()).toBe(1_000);
  });

  it('ends a wait at once when the batch gives up', async () => {
    const runtime = manualRuntime();
    const limit = createLimit(1 / 1_000, runtime);
    const abort = new AbortController();
    await limit.take(patient);
    const waiting = limit.take({ deadline: Number.POSITIVE_INFINITY, signal: abort.signal });

    abort.abort();

    expect(await waiting).toBe(false);
    expect(await limit.take({ deadline: Number.POSITIVE_INFINITY, signal: abort.signal })).toBe(false);
  });

  it('is no limit where there is none', async () => {
    const runtime = manualRuntime();
    const limit = createLimit(null, runtime);

    const taken = await Promise.all(Array.from({ length: 1_000 }, () => limit.take(patient)));

    expect(taken.every(Boolean)).toBe(true);
    expect(runtime.slept).toEqual([]);
  });
});
