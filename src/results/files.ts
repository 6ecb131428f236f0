/** What lies in a batch directory. */

import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lock } from './hold.ts';

export interface BatchFiles {
  readonly directory: string;
  readonly manifest: string;
  readonly journal: string;
  /** What of the journal need not be parsed again. */
  readonly digest: string;
  /** What was durable before a request was sent. */
  readonly intents: string;
  readonly lock: string;
  readonly summary: string;
  /** Notices that are not delivered yet. */
  readonly notices: string;
  /** Later scorings. */
  readonly scores: string;
  /** A dataset that came by stdin. */
  readonly dataset: string;
  /** State of the local Agent Server, with `--local`. */
  readonly server: string;
  /** Without a name but for the moment in which it is made. */
  readonly scratch: string;
  /** What a server printed that `--serve-command` started. */
  readonly serverLog: string;
}

export const batchFiles = (directory: string): BatchFiles => ({
  directory,
  manifest: join(directory, 'batch.json'),
  journal: join(directory, 'results.jsonl'),
  digest: join(directory, 'results.digest'),
  intents: join(directory, 'intents.jsonl'),
  lock: join(directory, 'lock'),
  summary: join(directory, 'summary.json'),
  notices: join(directory, 'notices.json'),
  scores: join(directory, 'scores.jsonl'),
  dataset: join(directory, 'dataset'),
  server: join(directory, 'server'),
  scratch: join(directory, 'scratch'),
  serverLog: join(directory, 'server.log'),
});

/** May a start that died leave it, before there was a manifest? */
export function isOfAStart(name: string): boolean {
  const { lock, manifest, dataset, server, serverLog } = batchFiles('');
  const ours = [`${manifest}.new`, dataset, `${dataset}.new`, server, serverLog];
  return name.startsWith(lock) || ours.includes(name);
}

/** Do these names lie in the directory of a start that died, or has only begun? It makes its lock before all else. */
export const areOfAStart = (names: readonly string[]): boolean =>
  names.every(isOfAStart) && names.some((name) => name.startsWith(batchFiles('').lock));

/** Takes away what a start made that came to nothing, and its directory where nothing else lies in it. Ends the lock. */
export async function removeStart({ directory }: BatchFiles, lock: Lock): Promise<void> {
  const isOurs = await lock.prove().then(
    () => true,
    () => false,
  );
  if (isOurs) {
    for (const name of await readdir(directory)) {
      const isSomebodysLock = name.startsWith(batchFiles('').lock);
      if (isOfAStart(name) && !isSomebodysLock)
        await rm(join(directory, name), { recursive: true, force: true });
    }
  }
  await lock.release();
  // It stays where anything is in it, or another start has begun there meanwhile.
  await rmdir(directory).catch(() => {});
}
