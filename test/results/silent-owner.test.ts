/** Taking over from an owner that nobody knows to be dead, and what becomes of one that was only asleep. */

import { mkdir, open, readdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { JournalError, LockedError } from '../../src/errors.ts';
import { freshen, oweFreshFiles } from '../../src/results/fresh-files.ts';
import { takeLock } from '../../src/results/lock.ts';
import { processFacts } from '../../src/results/process-facts.ts';
import { emptyPlace } from '../sinks/place.ts';
import { manualRuntime } from '../support/manual-runtime.ts';
import { startOwners } from './owners.ts';

const owesCopies = 'lock.copy';
const setBack = (path: string, seconds: number) => {
  const time = Date.now() / 1_000 - seconds;
  return utimes(path, time, time);
};

/** A lock as another one left it, its last heartbeat so many seconds ago. */
async function leave(path: string, other: object, silentS: number): Promise<void> {
  const facts = await processFacts(process.pid);
  await writeFile(path, JSON.stringify({ ...facts, nonce: 'abcdef0123', ...other }));
  await setBack(path, silentS);
}

const nonceIn = async (path: string) => JSON.parse(await readFile(path, 'utf8')).nonce as string;

const unseen: [string, object][] = [
  ['another host', { host: 'elsewhere' }],
  ['an earlier boot', { boot: 'another' }],
  ['another namespace of process ids, such as a container', { pidNamespace: 'pid:[1]' }],
];

describe('a lock whose owner nobody here can see', () => {
  it.each(unseen)('is respected for 30 s after its last heartbeat, where that is of %s', async (_, other) => {
    await using place = await emptyPlace();
    await leave(place.at('lock'), { ...other, pid: 2 ** 22 + 1 }, 25);

    const taking = takeLock(place.at('lock'), manualRuntime({ autoSleep: true }));

    await expect(taking).rejects.toThrow(LockedError);
    await expect(taking).rejects.toThrow(
      /process 4194305 on .* works on this batch \(last heartbeat 2[56] s ago\)\. Wait until it ends; 30 s after its last heartbeat the same command takes over/,
    );
    expect(await nonceIn(place.at('lock'))).toBe('abcdef0123');
  });

  it.each(unseen)('is taken over after 30 s of silence, where that is of %s', async (_, other) => {
    await using place = await emptyPlace();
    await leave(place.at('lock'), other, 31);
    const runtime = manualRuntime({ autoSleep: true });

    await using _lock = await takeLock(place.at('lock'), runtime);

    expect(await nonceIn(place.at('lock'))).not.toBe('abcdef0123');
    expect(runtime.slept).toEqual([6_000]);
    expect((await readdir(place.path)).sort()).toEqual(['lock', owesCopies]);
  });

  it.each([
    ['old', 31],
    ['of the future', -3_600],
  ])('is not taken over where it only looks %s, as after a clock was set, and beats', async (_, silentS) => {
    await using place = await emptyPlace();
    await leave(place.at('lock'), { host: 'elsewhere' }, silentS);
    const runtime = manualRuntime();

    const taking = takeLock(place.at('lock'), runtime);
    const refusal = expect(taking).rejects.toThrow('process');
    await runtime.whenSleeping();
    await setBack(place.at('lock'), 0);
    await runtime.advance(6_000);

    await refusal;
    expect(await nonceIn(place.at('lock'))).toBe('abcdef0123');
  });

  it('is free where its owner ends while it is watched', async () => {
    await using place = await emptyPlace();
    const runtime = manualRuntime();
    const other = await takeLock(place.at('lock'), manualRuntime());
    await setBack(place.at('lock'), 31);

    const taking = takeLock(place.at('lock'), runtime);
    await runtime.whenSleeping();
    await other.release();
    await runtime.advance(6_000);

    await using _lock = await taking;
    expect(await readdir(place.path)).toEqual(['lock']);
  });
});

describe('a stopped owner', () => {
  it('keeps its lock for 30 s, and a start is told how to wake it', async () => {
    await using place = await emptyPlace();
    await using owners = await startOwners(place.at('lock'), 1);
    const [owner] = owners.all;
    await owner?.take();
    await owner?.stop();

    const taking = takeLock(place.at('lock'));

    await expect(taking).rejects.toThrow(`, and is stopped: kill -CONT ${owner?.pid} wakes it)`);
  });

  it('loses it after that, learns who has it when it wakes, and takes nothing away at its end', async () => {
    await using place = await emptyPlace();
    await using owners = await startOwners(place.at('lock'), 1);
    const [owner] = owners.all;
    await owner?.take();
    await owner?.stop();
    const stoppedAt = performance.now();
    await setBack(place.at('lock'), 31);
    const runtime = manualRuntime({ autoSleep: true });

    await using _lock = await takeLock(place.at('lock'), runtime);
    await expect.poll(() => performance.now() - stoppedAt, { timeout: 5_000 }).toBeGreaterThan(3_100);
    owner?.goOn();
    const told = await owner?.prove();
    await owner?.end();

    expect(runtime.slept).toEqual([]);
    expect(told).toMatch(`LockedError: ${place.at('lock')}: process ${process.pid} on`);
    expect(told).toContain('took this batch over');
    expect(JSON.parse(await readFile(place.at('lock'), 'utf8')).pid).toBe(process.pid);
  });
});

describe('copies that are owed after a silent owner', () => {
  it('take the place of the files, whose own names are gone then', async () => {
    await using place = await emptyPlace();
    await writeFile(place.at('journal'), 'one\ntwo\n');
    await using before = await open(place.at('journal'), 'a');
    await using lock = await takeLock(place.at('lock'), manualRuntime());
    await oweFreshFiles(place.at('lock'));

    await freshen(place.at('lock'), [place.at('journal'), place.at('missing')], lock);
    await before.write('from the sleeper\n');

    expect(await readFile(place.at('journal'), 'utf8')).toBe('one\ntwo\n');
    expect((await readdir(place.path)).sort()).toEqual(['journal', 'lock']);
  });

  it('are still owed where the one that owed them was killed in their midst', async () => {
    await using place = await emptyPlace();
    await writeFile(place.at('journal'), 'one\ntwo\n');
    await writeFile(place.at('journal.new'), 'one\nt');
    await using lock = await takeLock(place.at('lock'), manualRuntime());
    await oweFreshFiles(place.at('lock'));

    await freshen(place.at('lock'), [place.at('journal')], lock);

    expect(await readFile(place.at('journal'), 'utf8')).toBe('one\ntwo\n');
    expect((await readdir(place.path)).sort()).toEqual(['journal', 'lock']);
  });

  it('are made of nothing where none are owed', async () => {
    await using place = await emptyPlace();
    await writeFile(place.at('journal'), 'one\n');
    const { ino } = await stat(place.at('journal'));
    await using lock = await takeLock(place.at('lock'), manualRuntime());

    await freshen(place.at('lock'), [place.at('journal')], lock);

    expect((await stat(place.at('journal'))).ino).toBe(ino);
  });

  it('are not made of a symbolic link', async () => {
    await using place = await emptyPlace();
    await mkdir(place.at('other'));
    await writeFile(place.at('other/precious'), 'precious');
    await symlink(place.at('other/precious'), place.at('journal'));
    await using lock = await takeLock(place.at('lock'), manualRuntime());
    await oweFreshFiles(place.at('lock'));

    await expect(freshen(place.at('lock'), [place.at('journal')], lock)).rejects.toThrow(JournalError);
    expect(await readFile(place.at('other/precious'), 'utf8')).toBe('precious');
  });
});
