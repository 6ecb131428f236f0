/** Time that flies while a promise is waited for. */

import type { ManualRuntime } from '../support/manual-runtime.ts';

/**
 * Moves the clock by 100 ms at each turn of the event loop until the promise has settled. What happens between two
 * ends of this machine takes a few turns, so a limit of seconds is met by silence alone.
 */
export async function pumped<T>(runtime: ManualRuntime, promise: Promise<T>): Promise<T> {
  let settled = false;
  const settle = () => {
    settled = true;
  };
  promise.then(settle, settle);
  while (!settled) await runtime.advance(100);
  return promise;
}
