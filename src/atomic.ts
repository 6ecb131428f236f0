/** Files that are there whole or not at all. */

import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Ownership } from './contracts.ts';
import { openFresh, syncDirectory, unwritable } from './durable.ts';
import { LockedError } from './errors.ts';

/**
 * Replaces a file by JSON, durably: the file, its name and the directory it stands in.
 * @param ownership Proved first. Default: nobody else writes there.
 * @throws SinkError, LockedError
 */
export async function writeJson(path: string, value: unknown, ownership?: Ownership): Promise<void> {
  const temporary = `${path}.new`;
  const write = (file: FileHandle) => file.writeFile(`${JSON.stringify(value, null, 2)}\n`);
  await replace(path, { temporary, write, ownership });
}

/** UTF-16 units gathered before they are written. */
const gatheredLength = 256 * 1024;

/**
 * Replaces a file that a user named by a text, piece by piece: its mode stays, a new one has the user's own, a link is followed, and what is no file
 * (a pipe, a terminal) is written to as it is.
 * @throws SinkError, or what `pieces` throws; the file is then as it was.
 */
export async function writeText(path: string, pieces: AsyncIterable<string>): Promise<void> {
  const there = await stat(path).catch(() => null);
  if (there !== null && !there.isFile()) {
    const file = await open(path, 'w').catch((error: unknown) => {
      throw unwritable(path, error);
    });
    try {
      await writePieces(file, path, pieces);
    } finally {
      await file.close();
    }
    return;
  }
  const target = there === null ? path : await realpath(path);
  const temporary = `${target}.${process.pid}.new`;
  const write = async (file: FileHandle) => {
    if (there !== null) await file.chmod(there.mode & 0o777);
    await writePieces(file, path, pieces);
  };
  await replace(target, { temporary, write, mode: 0o666 });
}

async function writePieces(file: FileHandle, path: string, pieces: AsyncIterable<string>): Promise<void> {
  let gathered = '';
  const flush = async () => {
    await file.appendFile(gathered).catch((error: unknown) => {
      throw unwritable(path, error);
    });
    gathered = '';
  };
  for await (const piece of pieces) {
    gathered += piece;
    if (gathered.length >= gatheredLength) await flush();
  }
  await flush();
}

interface Replacement {
  /** Where it is written first. */
  readonly temporary: string;
  readonly write: (file: FileHandle) => Promise<void>;
  /** Of a new file, less the umask. Default: nobody else's to read. */
  readonly mode?: number | undefined;
  readonly ownership?: Ownership | undefined;
}

async function replace(path: string, { temporary, write, mode, ownership }: Replacement): Promise<void> {
  await ownership?.prove();
  try {
    const file = await openFresh(temporary, mode);
    try {
      await write(file);
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
    throw isSystemError(error) ? unwritable(path, error) : error;
  }
}

/** Anything else was thrown by who gave what was to be written. */
const isSystemError = (error: unknown): boolean => error instanceof Error && 'syscall' in error;
