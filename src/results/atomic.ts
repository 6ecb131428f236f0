/** Small files that are there whole or not at all. */

import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SinkError } from '../errors.ts';

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
    const reason = error instanceof Error ? error.message : String(error);
    throw new SinkError(`${path}: cannot be written (${reason})`, { cause: error });
  }
}

/** Opens a new file. What stands in its place is taken away first: were it a link, it would lead elsewhere. */
async function openFresh(path: string): Promise<FileHandle> {
  await rm(path, { force: true });
  return open(path, 'wx', 0o600);
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
