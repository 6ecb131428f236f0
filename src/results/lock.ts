/** One process at a time works on a batch directory (docs/design/lock.md). */

import { randomBytes } from 'node:crypto';
import { type FileHandle, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { syncDirectory } from '../durable.ts';
import { LockedError } from '../errors.ts';
import { type Runtime, systemRuntime } from '../runtime.ts';
import { oweFreshFiles } from './fresh-files.ts';
import { heartbeatMs, holdLock, type Lock, longestSilenceMs, sureMs } from './hold.ts';
import {
  claimTo,
  type FoundOwner,
  isUnchanged,
  makeLockFile,
  type Owner,
  readOwner,
  removeIf,
} from './lock-file.ts';
import { type Life, lifeOf, processFacts } from './process-facts.ts';

interface Taking {
  /** Of the directory; `path` elsewhere may be a claim's. */
  readonly lock: string;
  readonly me: Owner;
  readonly runtime: Runtime;
  /** What is worked on, to be told to others. */
  readonly what: string;
}

/**
 * Takes the lock; one whose owner is gone is taken over: at once where its process is known to be, else once it has
 * been silent for 30 s.
 * @throws LockedError that names the owner; SinkError; ConfigError where the place is no good.
 */
export async function takeLock(
  path: string,
  runtime: Runtime = systemRuntime,
  what = 'this batch',
): Promise<Lock> {
  const me: Owner = { ...(await processFacts(process.pid)), nonce: randomBytes(5).toString('hex') };
  const file = await make({ lock: path, me, runtime, what });
  await clearLeftovers(path, me).catch(() => {}); // they are in nobody's way
  return holdLock({ path, me, file, runtime, what });
}

async function make(taking: Taking): Promise<FileHandle> {
  const { lock, me } = taking;
  for (;;) {
    const { file, nowMs } = await makeLockFile(lock, me);
    if (file !== null) return file;
    const found = readOwner(lock);
    if (found !== null) await clearAway(lock, found, nowMs, taking);
  }
}

/**
 * Removes the lock of an owner that is gone. Whoever judges so may be late, and another's lock stand there by now, or
 * the owner have woken: so only the holder of a claim to this very lock may remove it, once it has looked again. A
 * claim is a lock too, and is cleared away like one when its holder is gone.
 * @throws LockedError where the owner lives, or another who takes over from it.
 */
async function clearAway(path: string, found: FoundOwner, nowMs: number, taking: Taking): Promise<void> {
  const { lock, me, runtime } = taking;
  const end = await endOf(path, found, nowMs, taking);
  if (end === 'changed') return;
  const claim = claimTo(path, found.owner);
  const claimedAt = runtime.now();
  const made = await makeLockFile(claim, me);
  if (made.file === null) {
    const holder = readOwner(claim);
    if (holder !== null) await clearAway(claim, holder, made.nowMs, taking);
    return;
  }
  await made.file.close();
  try {
    if (end === 'silent' && path === lock) await oweFreshFiles(lock);
    // One that was stopped meanwhile has no say any more: its claim may be another's by now.
    removeIf(path, () => runtime.now() - claimedAt < sureMs && isUnchanged(path, found));
    await syncDirectory(dirname(path));
  } finally {
    await rm(claim, { force: true });
  }
}

/**
 * How an owner came to its end: its process is known to be gone; or nobody can tell, and it is silent; or it is
 * another's lock by now.
 * @throws LockedError where it lives.
 */
async function endOf(
  path: string,
  found: FoundOwner,
  nowMs: number,
  { runtime, what }: Taking,
): Promise<'dead' | 'silent' | 'changed'> {
  const { owner, beatAtMs } = found;
  const life = await lifeOf(owner);
  if (life === 'gone') return 'dead';
  // A clock that was set back makes a heartbeat of the future.
  const silentMs = Math.abs(nowMs - beatAtMs);
  if (silentMs < longestSilenceMs) throw locked(path, owner, { life, silentMs, what });
  // A clock that was set makes every lock look old, until its next heartbeat. One that is stopped has none.
  if (life !== 'stopped') await runtime.sleep(heartbeatMs + 1_000);
  return isUnchanged(path, found) ? 'silent' : 'changed';
}

function locked(
  path: string,
  { pid, host }: Owner,
  { life, silentMs, what }: { readonly life: Life; readonly silentMs: number; readonly what: string },
): LockedError {
  const seconds = Math.round(silentMs / 1_000);
  const isStopped = life === 'stopped' ? `, and is stopped: kill -CONT ${pid} wakes it` : '';
  return new LockedError(
    `${path}: process ${pid} on ${host} works on ${what} (last heartbeat ${seconds} s ago${isStopped}). Wait until it ends; ${longestSilenceMs / 1_000} s after its last heartbeat the same command takes over from it.`,
  );
}

/** What killed starts left. A start that is under way makes its file once more. */
async function clearLeftovers(path: string, me: Owner): Promise<void> {
  const directory = dirname(path);
  const name = basename(path);
  const isLeft = (left: string) =>
    left.startsWith(`${name}.`) && /^(\.[0-9a-f]+)+(\.new)?$/.test(left.slice(name.length));
  for (const left of (await readdir(directory)).filter(isLeft)) {
    if (!left.startsWith(`${name}.${me.nonce}`)) await rm(join(directory, left), { force: true });
  }
}
