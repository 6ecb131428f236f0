/** Small files that are there whole or not at all. */

import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Ownership } from '../contracts.ts';
import { openFresh, syncDirectory, unwritable } from '../durable.ts';
import { LockedError } from '../errors.ts';

/**
 * Replaces a file by JSON, durably: the file, its name and the directory it stands in.
 * @param ownership Proved first. Default: nobody else writes there.
 * @throws SinkError, LockedError
 */
export async function writeJson(path: string, value: unknown, ownership?: Ownership): Promise<void> {
  const temporary = `${path}.new`;
  await ownership?.prove();
  try {
    const file = await openFresh(temporary);
    try {
      await file.writeFile(`${JSON.stringify(value, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await ownership?.prove();
    await rename(temporary, path);
    await syncDirectory(dirname(path));
  } catch (error) {
    if (error instanceof LockedError) throw error; // what lies there under that name is the other's
    // A full disk is to have that much more room.
    await rm(temporary, { force: true }).catch(() => {});
    throw unwritable(path, error);
  }
}
