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
  /** Aborts: what is asked for is finished, and nothing more begun. */
  readonly drain: AbortSignal;
  /** Told how many are deleted so far. */
  readonly onDeleted: (count: number) => void;
}

const pageSize = 500;
const atOnce = 10;
const never = new AbortController().signal;

/** Finds them by the batch's id in their metadata. @throws RequestError: some may be deleted by then. */
export async function deleteThreadsOf(
  server: AgentServer,
  runtime: Runtime,
  { batchId, withWaiting, patienceMs, drain, onDeleted }: DeleteOptions,
): Promise<ThreadsDeleted> {
  const patient = <T>(request: (call: Call) => Promise<T>): Promise<T> => {
    const call = { deadline: runtime.now() + patienceMs, signal: never };
    return patiently(runtime, call, () => request(call));
  };
  const count = { deleted: 0, busy: 0, waiting: 0 };
  let dropped = new Set<string>();
  const drop = async ({ id, status }: { readonly id: string; readonly status: string }) => {
    if (status === 'busy') count.busy += 1;
    else if (status === 'interrupted' && !withWaiting) count.waiting += 1;
    else {
      await patient((call) => server.deleteThread(call, id));
      dropped.add(id);
      count.deleted += 1;
      onDeleted(count.deleted);
    }
  };
  while (!drain.aborted) {
    // What is deleted is found no more: the next page begins behind those that stay.
    const found = await patient((call) =>
      server.searchThreads(call, { threadmill_batch: batchId }, pageSize, count.busy + count.waiting),
    );
    // A server may still find for a while what it has deleted.
    const page = found.filter(({ id }) => !dropped.has(id));
    dropped = new Set(found.filter(({ id }) => dropped.has(id)).map(({ id }) => id));
    for (let at = 0; at < page.length && !drain.aborted; at += atOnce) {
      await Promise.all(page.slice(at, at + atOnce).map(drop));
    }
    if (found.length < pageSize || page.length === 0) break;
  }
  return count;
}
