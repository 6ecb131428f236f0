import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemRuntime } from '../src/runtime.ts';

const dayMs = 86_400_000;

describe('a sleep of the system’s', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('of a month lasts a month, though no timer of Node’s is as long', async () => {
    vi.useFakeTimers();
    let isOver = false;
    void systemRuntime.sleep(30 * dayMs).then(() => {
      isOver = true;
    });

    await vi.advanceTimersByTimeAsync(30 * dayMs - 1);
    const wasOver = isOver;
    await vi.advanceTimersByTimeAsync(1);

    expect([wasOver, isOver]).toEqual([false, true]);
  });

  it('ends when its signal aborts, also behind the first of its timers', async () => {
    vi.useFakeTimers();
    const signal = new AbortController();
    let isOver = false;
    void systemRuntime.sleep(60 * dayMs, signal.signal).then(() => {
      isOver = true;
    });

    await vi.advanceTimersByTimeAsync(40 * dayMs);
    signal.abort();
    await vi.advanceTimersByTimeAsync(0);

    expect(isOver).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });
});
