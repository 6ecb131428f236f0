/** A runtime that a test moves by hand. */

import { seededRandom } from '../../src/random.ts';
import type { Runtime } from '../../src/runtime.ts';

export interface ManualRuntime extends Runtime {
  /** Every sleep asked for, ms, in order; also those cut short. */
  readonly slept: readonly number[];
  /** Sleeps that have not ended. */
  readonly sleeping: number;
  /** Moves the clock. What falls due on the way, sleeps and ticks, happens in order of time, each at its own time. */
  advance(ms: number): Promise<void>;
  /** Resolves once `count` sleeps are waiting, so that a test need not guess when to advance. */
  whenSleeping(count?: number): Promise<void>;
}

export interface ManualRuntimeOptions {
  /** A sleep moves the clock itself, once all that is ready has run. Default: it waits for `advance`. */
  readonly autoSleep?: boolean | undefined;
  /** Of `random()`: the same seed gives the same numbers. */
  readonly seed?: number | undefined;
  /** The wall clock when `now()` is 0. */
  readonly startsAt?: Date | undefined;
}

interface Due {
  at: number;
  fire(): void;
}

/** Lets everything that is ready to run do so: promises, and what they lead to. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

export function manualRuntime(options: ManualRuntimeOptions = {}): ManualRuntime {
  const startsAtMs = (options.startsAt ?? new Date('2026-01-01T00:00:00Z')).getTime();
  const slept: number[] = [];
  const due = new Set<Due>();
  const sleepers = new Set<Due>();
  const watchers = new Set<() => void>();
  let nowMs = 0;

  const earliest = (untilMs: number): Due | undefined => {
    let first: Due | undefined;
    for (const item of due)
      if (item.at <= untilMs && (first === undefined || item.at < first.at)) first = item;
    return first;
  };

  const moveTo = (ms: number) => {
    for (let next = earliest(ms); next !== undefined; next = earliest(ms)) {
      nowMs = Math.max(nowMs, next.at);
      next.fire();
    }
    nowMs = ms;
  };

  const sleep = (ms: number, signal?: AbortSignal): Promise<void> => {
    slept.push(ms);
    if (signal?.aborted) return Promise.resolve();
    if (options.autoSleep) {
      return settle().then(() => moveTo(nowMs + ms));
    }
    return new Promise((resolve) => {
      const wake = () => {
        due.delete(sleeper);
        sleepers.delete(sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper: Due = { at: nowMs + ms, fire: wake };
      due.add(sleeper);
      sleepers.add(sleeper);
      signal?.addEventListener('abort', wake, { once: true });
      for (const watch of watchers) watch();
    });
  };

  const every = (ms: number, tick: () => void): (() => void) => {
    const ticker: Due = {
      at: nowMs + ms,
      fire: () => {
        ticker.at += ms;
        tick();
      },
    };
    due.add(ticker);
    return () => due.delete(ticker);
  };

  return {
    slept,
    get sleeping() {
      return sleepers.size;
    },
    now: () => nowMs,
    date: () => new Date(startsAtMs + nowMs),
    random: seededRandom(options.seed ?? 1),
    sleep,
    every,
    async advance(ms) {
      const untilMs = nowMs + ms;
      await settle();
      for (let next = earliest(untilMs); next !== undefined; next = earliest(untilMs)) {
        moveTo(next.at);
        await settle();
      }
      nowMs = untilMs;
    },
    whenSleeping(count = 1) {
      return new Promise((resolve) => {
        const watch = () => {
          if (sleepers.size < count) return;
          watchers.delete(watch);
          resolve();
        };
        watchers.add(watch);
        watch();
      });
    },
  };
}
