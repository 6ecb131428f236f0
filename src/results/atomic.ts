/** Small files that are there whole or not at all. */

import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { openFresh, syncDirectory, unwritable } from '../durable.ts';

/** Replaces a file by JSON, durably: the file, its name and the directory it stands in. @throws SinkError */
export async function writeJson(path: string, value: unknown): Promise<void> {
  const temporary = `${path}.new`;
  try {
    const file = await openFresh(temporary);
    try {
      await file.writeFile(`${JSON.stringify(value, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncDirectory(dirname(path));
  } catch (error) {
    // A full disk is to have that much more room.
    await rm(temporary, { force: true }).catch(() => {});
    throw unwritable(path, error);
  }
}
