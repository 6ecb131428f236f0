/**
 * An owner that was only silent may wake and write on into the files that it has open. So whoever took over from one
 * goes on in copies, under the same names: the sleeper's files have none any more, and count for nothing.
 */

import { constants } from 'node:fs';
import { lstat, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Ownership } from '../contracts.ts';
import { openFresh, syncDirectory, unwritable } from '../durable.ts';
import { JournalError } from '../errors.ts';

/** There while copies are owed: a start that is killed before it has made them leaves that to the next one. */
const noteOf = (lock: string): string => `${lock}.copy`;

/** To be durable before a silent owner's lock is removed. */
export async function oweFreshFiles(lock: string): Promise<void> {
  try {
    await (await openFresh(noteOf(lock))).close();
    await syncDirectory(dirname(lock));
  } catch (error) {
    throw unwritable(noteOf(lock), error);
  }
}

/**
 * Puts copies in the place of files that a silent owner may have open, where that is owed.
 * @throws SinkError, JournalError where a link is in the way, LockedError
 */
export async function freshen(lock: string, paths: readonly string[], ownership: Ownership): Promise<void> {
  if (!(await exists(noteOf(lock)))) return;
  for (const path of paths) if (await exists(path)) await replaceByCopy(path, ownership);
  await rm(noteOf(lock), { force: true });
}

async function replaceByCopy(path: string, ownership: Ownership): Promise<void> {
  const temporary = `${path}.new`;
  try {
    await using from = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    await using to = await openFresh(temporary);
    for await (const chunk of from.createReadStream({ autoClose: false })) await to.appendFile(chunk);
    await to.sync();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ELOOP') {
      throw new JournalError(`${path}: expected a file, found a symbolic link; remove it`, { cause: error });
    }
    throw unwritable(path, error);
  }
  await ownership.prove();
  await rename(temporary, path);
  await syncDirectory(dirname(path));
}

const exists = (path: string) =>
  lstat(path).then(
    () => true,
    () => false,
  );
