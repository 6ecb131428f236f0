/** A lock while it is held. */

import { constants } from 'node:fs';
import { open, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { LockedError } from '../../src/errors.ts';
import { holdLock, type Lock } from '../../src/results/hold.ts';
import { takeLock } from '../../src/results/lock.ts';
import { makeLockFile, type Owner } from '../../src/results/lock-file.ts';
import { processFacts } from '../../src/results/process-facts.ts';
import type { Runtime } from '../../src/runtime.ts';
import { emptyPlace, type Place } from '../sinks/place.ts';
import { manualRuntime } from '../support/manual-runtime.ts';

const another = { pid: 4711, host: 'elsewhere', nonce: 'abcdef0123' };
/** The disk takes its own time. */
const patiently = { timeout: 20_000 };
const longAgo = new Date('2026-01-01T00:00:00Z');

/** Somebody else takes the lock over, and this one is told nothing of it. */
async function takeAway(place: Place): Promise<void> {
  await rm(place.at('lock'));
  await writeFile(place.at('lock'), JSON.stringify(another));
}

/** Makes its heartbeats impossible to write: held by a file that can only be read. */
async function heldUnwritable(place: Place, runtime: Runtime): Promise<Lock> {
  const me: Owner = { ...(await processFacts(process.pid)), nonce: '0123456789' };
  const made = await makeLockFile(place.at('lock'), me);
  await made.file?.close();
  const file = await open(place.at('lock'), constants.O_RDONLY);
  return holdLock({ path: place.at('lock'), me, file, runtime, what: 'this batch' });
}

describe('a lock that is held', () => {
  it('is renewed every 5 s, and says the same', async () => {
    await using place = await emptyPlace();
    const runtime = manualRuntime();
    await using _lock = await takeLock(place.at('lock'), runtime);
    const text = await readFile(place.at('lock'), 'utf8');

    await runtime.advance(4_999);
    await utimes(place.at('lock'), longAgo, longAgo);
    const mtimeMs = async () => (await stat(place.at('lock'))).mtimeMs;
    const before = await mtimeMs();
    await runtime.advance(1);

    await expect.poll(mtimeMs, patiently).toBeGreaterThan(longAgo.getTime() + 1_000);
    expect(before).toBe(longAgo.getTime());
    await utimes(place.at('lock'), longAgo, longAgo);
    const again = async () => {
      await runtime.advance(5_000);
      return mtimeMs();
    };
    await expect.poll(again, patiently).toBeGreaterThan(longAgo.getTime() + 1_000);
    expect(await readFile(place.at('lock'), 'utf8')).toBe(text);
  });

  it('is sure, at no cost, as long as its heart beats', async () => {
    await using place = await emptyPlace();
    const runtime = manualRuntime();
    await using lock = await takeLock(place.at('lock'), runtime);

    for (let second = 0; second < 60; second += 1) {
      await runtime.advance(1_000);
      // The clock is moved by hand, and the disk takes its own time.
      if (second % 5 === 4) await lock.prove();

      await expect.poll(() => lock.isSure, patiently).toBe(true);
    }
    expect(lock.lost.aborted).toBe(false);
  });

  it('notices at its next heartbeat that another has it, and names it', async () => {
    await using place = await emptyPlace();
    const runtime = manualRuntime();
    await using lock = await takeLock(place.at('lock'), runtime);
    await takeAway(place);

    await runtime.advance(5_000);

    await expect.poll(() => lock.lost.aborted, patiently).toBe(true);
    expect(lock.isSure).toBe(false);
    expect(lock.lost.reason).toBeInstanceOf(LockedError);
    await expect(lock.prove()).rejects.toThrow('process 4711 on elsewhere took this batch over');
  });

  it.each([
    ['was removed', (place: Place) => rm(place.at('lock')), /the lock is gone/],
    [
      'is being taken over',
      async (place: Place) => {
        const { nonce } = JSON.parse(await readFile(place.at('lock'), 'utf8'));
        await writeFile(place.at(`lock.${nonce}`), JSON.stringify(another));
      },
      /just taking this batch over/,
    ],
  ])('is lost where it %s', async (_, happens, message) => {
    await using place = await emptyPlace();
    const runtime = manualRuntime();
    await using lock = await takeLock(place.at('lock'), runtime);
    await happens(place);

    await runtime.advance(5_000);

    await expect.poll(() => lock.lost.aborted, patiently).toBe(true);
    expect(() => lock.lost.throwIfAborted()).toThrow(message);
  });

  it('is not sure after its process did nothing for three seconds: that may have been a stop', async () => {
    await using place = await emptyPlace();
    const runtime = manualRuntime();
    let now = 0;
    await using lock = await takeLock(place.at('lock'), { ...runtime, now: () => now });
    now = 2_999;
    const before = lock.isSure;
    now = 3_000;
    const after = lock.isSure;
    await takeAway(place);

    await expect(lock.prove()).rejects.toThrow(LockedError);
    expect([before, after]).toEqual([true, false]);
  });

  it('is not sure after its host was suspended, when one clock stood still', async () => {
    await using place = await emptyPlace();
    const runtime = manualRuntime();
    let date = longAgo;
    await using lock = await takeLock(place.at('lock'), { ...runtime, date: () => date });
    const before = lock.isSure;
    date = new Date(longAgo.getTime() + 15_000);

    expect([before, lock.isSure]).toEqual([true, false]);
    await lock.prove();
    expect(lock.isSure).toBe(true);
  });

  it('goes on though its heartbeat cannot be written, and looks each second instead', async () => {
    await using place = await emptyPlace();
    let now = 0;
    await using lock = await heldUnwritable(place, { ...manualRuntime(), now: () => now });
    now = 16_000;
    const before = lock.isSure;

    await lock.prove();
    const proved = lock.isSure;
    now = 17_000;

    expect([before, proved, lock.isSure]).toEqual([false, true, false]);
    await takeAway(place);
    await expect(lock.prove()).rejects.toThrow(LockedError);
  });

  it('beats no more once it is released, and takes nothing of another’s away', async () => {
    await using place = await emptyPlace();
    const runtime = manualRuntime();
    const lock = await takeLock(place.at('lock'), runtime);
    await takeAway(place);

    await lock.release();
    await utimes(place.at('lock'), longAgo, longAgo);
    await runtime.advance(60_000);

    expect(JSON.parse(await readFile(place.at('lock'), 'utf8'))).toEqual(another);
    expect((await stat(place.at('lock'))).mtimeMs).toBe(longAgo.getTime());
  });
});

describe('whoever takes the lock', () => {
  it('clears away what killed starts left, and nothing else', async () => {
    await using place = await emptyPlace();
    const left = ['lock.0123456789.new', 'lock.abcdef0123', 'lock.abcdef0123.0123456789.new'];
    const others = ['lock.txt', 'lock.copy', 'locks', 'batch.json'];
    for (const name of [...left, ...others]) await writeFile(place.at(name), '');

    await using _lock = await takeLock(place.at('lock'));

    expect((await readdir(place.path)).sort()).toEqual([...others, 'lock'].sort());
  });
});
