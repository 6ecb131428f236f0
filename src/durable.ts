/** Files that are still there after the power was cut. */

import { type FileHandle, open, rm } from 'node:fs/promises';
import { SinkError } from './errors.ts';

/**
 * Opens a new file. What stands in its place is taken away first: were it a link, it would lead elsewhere.
 * @param mode Default: nobody else's to read.
 */
export async function openFresh(path: string, mode = 0o600): Promise<FileHandle> {
  await rm(path, { force: true });
  return open(path, 'wx', mode);
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

export const unwritable = (path: string, cause: unknown): SinkError =>
  new SinkError(`${path}: cannot be written (${cause instanceof Error ? cause.message : String(cause)})`, {
    cause,
  });
