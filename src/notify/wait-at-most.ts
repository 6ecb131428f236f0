/** Waiting that ends. */

import type { Runtime } from '../runtime.ts';

/** Resolves once it is done, or after so long. */
export async function waitAtMost(done: Promise<unknown>, ms: number, runtime: Runtime): Promise<void> {
  const isDone = new AbortController();
  await Promise.race([done, runtime.sleep(ms, isDone.signal)]);
  isDone.abort();
}
