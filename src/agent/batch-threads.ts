/** All threads that a batch has on the server. */

import type { Runtime } from '../runtime.ts';
import { patiently } from './patience.ts';
import type { AgentServer, Call } from './server.ts';

export interface ThreadsDeleted {
  readonly deleted: number;
  /** A run is on them: they are never deleted. */
  readonly busy: number;
  /** They wait for a person, and are deleted only where that is wanted. */
  readonly waiting: number;
}

export interface DeleteOptions {
  readonly batchId: string;
  /** Those that wait for a person too. */
  readonly withWaiting: boolean;
  /** Longest that one request may take, its repeats included. */
  readonly patienceMs: number;
  readonly signal: AbortSignal;
  /** Told how many are deleted so far. */
  readonly onDeleted: (count: number) => void;
}

const pageSize = 500;
const atOnce = 10;

/** Finds them by the batch's id in their metadata. @throws RequestError: some may be deleted by then. */
export async function deleteThreadsOf(
  server: AgentServer,
  runtime: Runtime,
  { batchId, withWaiting, patienceMs, signal, onDeleted }: DeleteOptions,
): Promise<ThreadsDeleted> {
  const call = (): Call => ({ deadline: runtime.now() + patienceMs, signal });
  const count = { deleted: 0, busy: 0, waiting: 0 };
  const drop = async ({ id, status }: { readonly id: string; readonly status: string }) => {
    if (status === 'busy') count.busy += 1;
    else if (status === 'interrupted' && !withWaiting) count.waiting += 1;
    else {
      const asked = call();
      await patiently(runtime, asked, () => server.deleteThread(asked, id));
      count.deleted += 1;
      onDeleted(count.deleted);
    }
  };
  for (;;) {
    const asked = call();
    // What is deleted is found no more: the next page begins behind those that stay.
    const page = await patiently(runtime, asked, () =>
      server.searchThreads(asked, { threadmill_batch: batchId }, pageSize, count.busy + count.waiting),
    );
    for (let at = 0; at < page.length; at += atOnce) await Promise.all(page.slice(at, at + atOnce).map(drop));
    if (page.length < pageSize || signal.aborted) return count;
  }
}
