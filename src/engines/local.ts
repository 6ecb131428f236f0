/** The local engine: p-queue, fed one job at a time so that the reader never gets ahead of the agent. */

import PQueue from 'p-queue';
import type { Engine } from '../contracts.ts';

/** @param concurrency Jobs at once. */
export function createLocalEngine(concurrency: number): Engine {
  return {
    run: async (jobs, work, drain) => {
      const queue = new PQueue({ concurrency });
      let bug: { readonly error: unknown } | null = null;
      // A job that waits for its place is not started any more.
      drain.addEventListener('abort', () => queue.clear(), { once: true });
      for await (const job of jobs) {
        if (drain.aborted || bug !== null) break;
        queue
          .add(() => work(job))
          // A failing turn is data: what is thrown here is a broken sink or a bug, and ends the batch.
          .catch((error: unknown) => {
            bug ??= { error };
          });
        await queue.onSizeLessThan(1);
      }
      await queue.onIdle();
      if (bug !== null) throw (bug as { readonly error: unknown }).error;
    },
  };
}
