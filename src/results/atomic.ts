/** Small files that are there whole or not at all. */

import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SinkError } from '../errors.ts';

/** Replaces a file by JSON, durably: the file, its name and the directory it stands in. @throws SinkError */
export async function writeJson(path: string, value: unknown): Promise<void> {
  try {
    const file = await open(`${path}.new`, 'w', 0o600);
    try {
      await file.writeFile(`${JSON.stringify(value, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.new`, path);
    await syncDirectory(dirname(path));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SinkError(`${path}: cannot be written (${reason})`, { cause: error });
  }
}

/** A new name is durable only once its directory is. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
