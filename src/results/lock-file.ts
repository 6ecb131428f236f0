/** The file that names an owner: made whole, read without following a link, taken away only as the one that was seen. */

import { closeSync, constants, fstatSync, openSync, readFileSync, rmSync } from 'node:fs';
import { type FileHandle, link, open, rm } from 'node:fs/promises';
import { ConfigError, SinkError } from '../errors.ts';
import type { ProcessFacts } from './process-facts.ts';

export interface Owner extends ProcessFacts {
  /** Of this lock alone. */
  readonly nonce: string;
}

export const textOf = (owner: Owner): string => JSON.stringify(owner);

export interface FoundOwner {
  readonly owner: Owner;
  /** Its last heartbeat, by the file system's clock. */
  readonly beatAtMs: number;
}

export interface Made {
  /** Open, where it was made; null where another was first. */
  readonly file: FileHandle | null;
  /** By the clock of the file system, which need not be this host's. */
  readonly nowMs: number;
}

/**
 * Makes a file that names its owner: whole from its first moment on, and after a power cut.
 * @throws SinkError, and ConfigError where the place is no good.
 */
export async function makeLockFile(path: string, owner: Owner): Promise<Made> {
  const temporary = `${path}.${owner.nonce}.new`;
  let file: FileHandle | null = null;
  let isOurs = false;
  try {
    file = await open(temporary, 'wx', 0o600);
    await file.writeFile(textOf(owner));
    await file.sync();
    const { mtimeMs: nowMs } = await file.stat();
    isOurs = await isLinked(temporary, path);
    return { file: isOurs ? file : null, nowMs };
  } catch (error) {
    throw refused(path, error);
  } finally {
    await rm(temporary, { force: true });
    if (!isOurs) await file?.close();
  }
}

async function isLinked(temporary: string, path: string): Promise<boolean> {
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    // Gone: one who has the lock by now took it for a leftover.
    if (codeOf(error) === 'EEXIST' || codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

function refused(path: string, error: unknown): ConfigError | SinkError {
  const message = `${path}: cannot be written (${reasonOf(error)})`;
  const isNoPlace = ['EACCES', 'EPERM', 'EROFS'].includes(codeOf(error));
  return isNoPlace ? new ConfigError(message, { cause: error }) : new SinkError(message, { cause: error });
}

/** Null where there is none any more. In one step: whoever is stopped in the midst of it has seen nothing old. */
export function readOwner(path: string): FoundOwner | null {
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const { mtimeMs: beatAtMs } = fstatSync(file);
      const owner = JSON.parse(readFileSync(file, 'utf8')) as Owner | null;
      if (typeof owner?.nonce !== 'string') throw new Error('found something else');
      return { owner, beatAtMs };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT') return null;
    if (code === 'EIO' || code === 'ESTALE') {
      throw new SinkError(`${path}: cannot be read (${reasonOf(error)})`, { cause: error });
    }
    const saw = code === 'ELOOP' ? 'found a symbolic link' : reasonOf(error);
    throw new ConfigError(
      `${path}: expected the lock of a batch, ${saw}; remove it if no threadmill works there`,
      { cause: error },
    );
  }
}

/** Stands beside a lock while somebody takes it over. */
export const claimTo = (path: string, { nonce }: Owner): string => `${path}.${nonce}`;

/** Has nobody renewed or replaced it since? */
export function isUnchanged(path: string, { owner, beatAtMs }: FoundOwner): boolean {
  const now = readOwner(path);
  return now?.owner.nonce === owner.nonce && now.beatAtMs === beatAtMs;
}

/** Look and removal in one step, without waiting for anything in between: only a stop right there could part them. */
export function removeIf(path: string, isTheOne: () => boolean): void {
  if (isTheOne()) rmSync(path, { force: true });
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';
const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
