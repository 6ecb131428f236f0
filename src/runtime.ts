/** Clock, chance and sleep, handed to whatever needs them, so that tests move time by hand. */

import { setMaxListeners } from 'node:events';

export interface Runtime {
  /** Monotonic ms. For latencies, deadlines and back-off: a wall clock that jumps changes none of them. */
  now(): number;
  /** The wall clock. A label only. */
  date(): Date;
  /** 0 ≤ x < 1. */
  random(): number;
  /** Resolves after `ms`, or at once when `signal` aborts: the caller looks at the signal. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls back every `ms` until told to stop. Keeps no process alive. */
  every(ms: number, tick: () => void): () => void;
}

/** Some 24 days: a timer of Node's that is set to more ends at once. */
const longestTimerMs = 2 ** 31 - 1;

export const systemRuntime: Runtime = {
  now: () => performance.now(),
  date: () => new Date(),
  random: () => Math.random(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const wake = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const until = performance.now() + ms;
      const wait = () => {
        const leftMs = until - performance.now();
        timer = leftMs > longestTimerMs ? setTimeout(wait, longestTimerMs) : setTimeout(wake, leftMs);
      };
      let timer: NodeJS.Timeout;
      wait();
      if (signal === undefined) return;
      setMaxListeners(0, signal); // as many sleep on one signal as there are jobs in flight
      signal.addEventListener('abort', wake, { once: true });
    }),
  every: (ms, tick) => {
    const timer = setInterval(tick, ms);
    timer.unref();
    return () => clearInterval(timer);
  },
};

let [lastMs, lastText] = [Number.NaN, ''];

/** A time as ISO 8601 in UTC. Thousands are written a second: within a millisecond the last text is given again. */
export function isoTime(date: Date): string {
  const ms = date.getTime();
  if (ms !== lastMs) [lastMs, lastText] = [ms, date.toISOString()];
  return lastText;
}
