/** A lock while it is held: its heartbeat, and the proof that it is still ours. */

import { type FileHandle, lstat } from 'node:fs/promises';
import type { Ownership } from '../contracts.ts';
import { LockedError } from '../errors.ts';
import type { Runtime } from '../runtime.ts';
import { claimTo, type Owner, readOwner, removeIf, textOf } from './lock-file.ts';

export const heartbeatMs = 5_000;
/** An owner of whom nobody knows more is gone after that. */
export const longestSilenceMs = 30_000;
/** For so long after a heartbeat nobody takes the lock over, with as much to spare. */
export const sureMs = 15_000;
/** A process that did nothing for longer may have been stopped, and looks before it goes on. A busy one may do nothing for a second. */
const longestNapMs = 3_000;
const signOfLifeMs = 250;
/** For so long after a look, where the heartbeat could not be written. */
const sureAfterLookMs = 1_000;

export interface Held {
  readonly path: string;
  readonly me: Owner;
  readonly file: FileHandle;
  readonly runtime: Runtime;
  readonly what: string;
}

export interface Lock extends Ownership, AsyncDisposable {
  /** @param path Where it lies by now, if its directory was renamed. */
  release(path?: string): Promise<void>;
}

/** Renews a lock that was just made, until it is released. */
export function holdLock({ path, me, file, runtime, what }: Held): Lock {
  const lost = new AbortController();
  const instant = () => ({ now: runtime.now(), date: runtime.date().getTime() });
  let provedAt = instant();
  let forMs = sureMs;
  let awakeAt = provedAt.now;
  let proving: Promise<void> | null = null;

  /** The wall clock too: the other one stands still while its host is suspended. */
  const isSure = () => {
    const { now, date } = instant();
    if (lost.signal.aborted || now - awakeAt >= longestNapMs) return false;
    return now - provedAt.now < forMs && date - provedAt.date < forMs;
  };
  const stopWatching = runtime.every(signOfLifeMs, () => {
    const now = runtime.now();
    if (now - awakeAt >= longestNapMs) forMs = 0;
    awakeAt = now;
  });
  const proveAnew = async () => {
    lost.signal.throwIfAborted();
    const from = runtime.now();
    const isBeaten = await beat(file, me);
    const claim = await lstat(claimTo(path, me)).catch(() => null);
    const owner = readOwner(path)?.owner ?? null;
    // After the heartbeat: whoever claims the lock looks once more, and sees either that or its own claim seen by us.
    if (owner?.nonce !== me.nonce || claim !== null) {
      lost.abort(takenOver(path, me, owner, what));
      lost.signal.throwIfAborted();
    }
    if (!isBeaten && isSure()) return;
    provedAt = instant();
    awakeAt = provedAt.now;
    forMs = Math.max(sureAfterLookMs, isBeaten ? sureMs - (provedAt.now - from) : 0);
  };
  const prove = (): Promise<void> => {
    proving ??= proveAnew().finally(() => {
      proving = null;
    });
    return proving;
  };
  // What goes wrong here shows where ownership is to be proved next.
  const stopBeating = runtime.every(heartbeatMs, () => void prove().catch(() => {}));

  const release = async (at = path) => {
    stopBeating();
    stopWatching();
    await proving?.catch(() => {});
    await file.close();
    if (!lost.signal.aborted) removeIf(at, () => readOwner(at)?.owner.nonce === me.nonce);
  };

  return {
    get isSure() {
      return isSure();
    },
    lost: lost.signal,
    prove: async () => {
      if (!isSure()) await prove();
    },
    release,
    [Symbol.asyncDispose]: () => release(),
  };
}

/**
 * Writes what the file holds once more: its time is then told by the same clock as that of any other file there,
 * which a time given by this host would not be. On a full disk it needs no room.
 */
async function beat(file: FileHandle, me: Owner): Promise<boolean> {
  try {
    await file.write(textOf(me), 0);
    await file.datasync();
    return true;
  } catch {
    return false;
  }
}

function takenOver(path: string, me: Owner, owner: Owner | null, what: string): LockedError {
  const who =
    owner === null
      ? `the lock is gone: another start took ${what} over and has ended since, or somebody removed it`
      : owner.nonce === me.nonce
        ? `another start is just taking ${what} over`
        : `process ${owner.pid} on ${owner.host} took ${what} over`;
  return new LockedError(
    `${path}: ${who}. That happens where nothing is heard of a process for ${longestSilenceMs / 1_000} s; this one (${me.pid}) asks and writes nothing more.`,
  );
}
