/** A dataset by stdin is kept in the batch directory: it is read more than once, and again by a later start. */

import { rename } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openFresh, unwritable } from '../durable.ts';
import { LockedError } from '../errors.ts';
import type { OwnPlace } from './open-batch.ts';

/** Gives the path of the kept dataset. */
export async function spoolStdin(stdin: Readable, { files: { dataset }, lock }: OwnPlace): Promise<string> {
  try {
    const file = await openFresh(`${dataset}.new`);
    await pipeline(stdin, file.createWriteStream());
    await lock.prove();
    await rename(`${dataset}.new`, dataset);
  } catch (error) {
    throw error instanceof LockedError ? error : unwritable(dataset, error);
  }
  return dataset;
}
