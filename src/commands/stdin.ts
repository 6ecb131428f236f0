/** A dataset by stdin is kept in the batch directory: it is read more than once, and again by a later start. */

import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { SinkError } from '../errors.ts';
import type { BatchFiles } from '../results/files.ts';

/** Gives the path of the kept dataset. */
export async function spoolStdin(stdin: Readable, { dataset }: BatchFiles): Promise<string> {
  try {
    await pipeline(stdin, createWriteStream(`${dataset}.new`, { mode: 0o600 }));
    await rename(`${dataset}.new`, dataset);
  } catch (error) {
    throw new SinkError(
      `${dataset}: cannot be written (${error instanceof Error ? error.message : String(error)})`,
      { cause: error },
    );
  }
  return dataset;
}
