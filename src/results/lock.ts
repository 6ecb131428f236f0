/** One process at a time works on a batch directory. */

import { randomBytes } from 'node:crypto';
import { constants, link, open, rm, writeFile } from 'node:fs/promises';
import { ConfigError, LockedError, SinkError } from '../errors.ts';
import { isGone, type ProcessFacts, processFacts } from './process-facts.ts';

interface Owner extends ProcessFacts {
  /** Of this lock alone. */
  readonly nonce: string;
}

export interface Lock extends AsyncDisposable {
  release(): Promise<void>;
}

/**
 * Takes the lock; one whose owner is gone is taken over.
 * @throws LockedError that names the owner; SinkError; ConfigError where the place is no good.
 */
export async function takeLock(path: string): Promise<Lock> {
  const me: Owner = { ...(await processFacts(process.pid)), nonce: randomBytes(5).toString('hex') };
  while (!(await create(path, me))) {
    const owner = await readOwner(path);
    if (owner !== null) await clearAway(path, owner, me);
  }
  const release = async () => {
    if ((await readOwner(path))?.nonce === me.nonce) await rm(path, { force: true });
  };
  return { release, [Symbol.asyncDispose]: release };
}

/**
 * Removes the lock of an owner that is gone. Whoever judges so may be late, and another's lock stand there by now:
 * so only the holder of a claim to this very lock may remove it, once it has looked again. A claim is a lock too,
 * and is cleared away like one when its holder is gone.
 * @throws LockedError where the owner lives, or another who takes over from it.
 */
async function clearAway(path: string, owner: Owner, me: Owner): Promise<void> {
  if (!(await isGone(owner))) {
    throw new LockedError(`${path}: process ${owner.pid} on ${owner.host} works on this batch`);
  }
  const claim = `${path}.${owner.nonce}`;
  if (await create(claim, me)) {
    if ((await readOwner(path))?.nonce === owner.nonce) await rm(path, { force: true });
    await rm(claim, { force: true });
    return;
  }
  const holder = await readOwner(claim);
  if (holder !== null) await clearAway(claim, holder, me);
}

/** Makes a file that names its owner: whole from its first moment on, and after a power cut. False: another was first. */
async function create(path: string, owner: Owner): Promise<boolean> {
  const temporary = `${path}.${owner.nonce}.new`;
  try {
    await writeFile(temporary, JSON.stringify(owner), { flag: 'wx', mode: 0o600, flush: true });
    await link(temporary, path);
    return true;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST') return false;
    const message = `${path}: cannot be written (${reasonOf(error)})`;
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
      throw new ConfigError(message, { cause: error });
    }
    throw new SinkError(message, { cause: error });
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Null where there is none any more. */
async function readOwner(path: string): Promise<Owner | null> {
  try {
    await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    const owner = JSON.parse(await file.readFile('utf8')) as Owner | null;
    if (typeof owner?.nonce !== 'string') throw new Error('found something else');
    return owner;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT') return null;
    const saw = code === 'ELOOP' ? 'found a symbolic link' : reasonOf(error);
    throw new ConfigError(
      `${path}: expected the lock of a batch, ${saw}; remove it if no threadmill works there`,
      { cause: error },
    );
  }
}

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : undefined);
const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
