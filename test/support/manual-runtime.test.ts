import { describe, expect, it } from 'vitest';
import { manualRuntime } from './manual-runtime.ts';

describe('manualRuntime', () => {
  it('stands still until it is moved', async () => {
    const runtime = manualRuntime({ startsAt: new Date('2026-05-01T00:00:00Z') });
    const before = [runtime.now(), runtime.date().toISOString()];

    await runtime.advance(1_500);

    expect(before).toEqual([0, '2026-05-01T00:00:00.000Z']);
    expect([runtime.now(), runtime.date().toISOString()]).toEqual([1_500, '2026-05-01T00:00:01.500Z']);
  });

  it('ends a sleep when its time has come, and not before', async () => {
    const runtime = manualRuntime();
    const woken: string[] = [];
    void runtime.sleep(100).then(() => woken.push(`a ${runtime.now()}`));
    void runtime.sleep(50).then(() => woken.push(`b ${runtime.now()}`));

    await runtime.advance(99);
    const early = [...woken];
    await runtime.advance(1);

    expect(early).toEqual(['b 50']);
    expect(woken).toEqual(['b 50', 'a 100']);
    expect(runtime.slept).toEqual([100, 50]);
    expect(runtime.sleeping).toBe(0);
  });

  it('reaches a sleep that begins while it is moved', async () => {
    const runtime = manualRuntime();
    const woken: number[] = [];
    const work = async () => {
      for (let n = 0; n < 3; n += 1) {
        await runtime.sleep(10);
        woken.push(runtime.now());
      }
    };
    void work();

    await runtime.advance(100);

    expect(woken).toEqual([10, 20, 30]);
    expect(runtime.now()).toBe(100);
  });

  it('ends a sleep at once when its signal aborts', async () => {
    const runtime = manualRuntime();
    const leaving = new AbortController();
    const asleep = runtime.sleep(1_000, leaving.signal);

    leaving.abort();
    await asleep;
    await runtime.sleep(5, leaving.signal);

    expect([runtime.now(), runtime.sleeping]).toEqual([0, 0]);
    expect(runtime.slept).toEqual([1_000, 5]);
  });

  it('moves the clock by itself where it sleeps by itself', async () => {
    const runtime = manualRuntime({ autoSleep: true });
    const ticks: number[] = [];
    runtime.every(400, () => ticks.push(runtime.now()));

    await runtime.sleep(1_000);
    await runtime.sleep(7_000, AbortSignal.abort());

    expect(runtime.now()).toBe(1_000);
    expect(ticks).toEqual([400, 800]);
    expect(runtime.slept).toEqual([1_000, 7_000]);
  });

  it('ticks until it is told to stop', async () => {
    const runtime = manualRuntime();
    const ticks: number[] = [];
    const stop = runtime.every(10, () => ticks.push(runtime.now()));

    await runtime.advance(35);
    stop();
    await runtime.advance(100);

    expect(ticks).toEqual([10, 20, 30]);
  });

  it('tells when as many sleep as are waited for', async () => {
    const runtime = manualRuntime();
    const both = runtime.whenSleeping(2);

    void runtime.sleep(1);
    void runtime.sleep(1);
    await both;

    expect(runtime.sleeping).toBe(2);
  });

  it('gives the same numbers for the same seed, evenly from 0 to below 1', () => {
    const numbers = (seed: number) => {
      const { random } = manualRuntime({ seed });
      return Array.from({ length: 1_000 }, () => random());
    };

    expect(numbers(7)).toEqual(numbers(7));
    expect(numbers(7)).not.toEqual(numbers(8));
    expect(Math.min(...numbers(7))).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers(7))).toBeLessThan(1);
    expect(numbers(7).reduce((sum, one) => sum + one) / 1_000).toBeCloseTo(0.5, 1);
  });
});
