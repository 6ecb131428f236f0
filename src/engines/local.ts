/** The local engine: p-queue, fed one job at a time so that the reader never gets ahead of the agent. */

import PQueue from 'p-queue';
import type { Engine } from '../contracts.ts';
import type { Job } from '../types.ts';

/** @param concurrency Jobs at once. */
export function createLocalEngine(concurrency: number): Engine {
  return {
    run: async (jobs, work, drain) => {
      const queue = new PQueue({ concurrency });
      const broken = new AbortController();
      const stop = AbortSignal.any([drain, broken.signal]);
      const doJob = async (job: Job) => {
        try {
          await work(job);
        } catch (error) {
          // A failing turn is data: what is thrown here is a broken sink or a bug, and ends the batch.
          broken.abort(error);
        }
      };
      const feed = async () => {
        if (stop.aborted) return;
        for await (const job of jobs) {
          if (stop.aborted) return;
          void queue.add(() => doJob(job));
          if (queue.pending === concurrency) await placeFree(queue);
          if (stop.aborted) return;
        }
      };
      // Not awaited once stopped: it may be far from its next job, and looks before it starts one.
      const fed = feed().catch((error: unknown) => broken.abort(error));
      await Promise.race([fed, aborted(stop)]);
      await queue.onIdle();
      broken.signal.throwIfAborted();
    },
  };
}

/** Resolves when a job ends. */
const placeFree = (queue: PQueue): Promise<void> =>
  new Promise((resolve) => {
    queue.once('next', resolve);
  });

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
