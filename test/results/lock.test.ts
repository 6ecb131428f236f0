import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { ConfigError, LockedError, SinkError } from '../../src/errors.ts';
import { takeLock } from '../../src/results/lock.ts';
import { processFacts } from '../../src/results/process-facts.ts';
import { emptyPlace } from '../sinks/place.ts';
import { startOwners } from './owners.ts';

const has = 'has it';

/** Leaves the lock of a process that is gone by now; gives its text. */
async function leaveLock(path: string): Promise<string> {
  await using owners = await startOwners(path, 1);
  expect(await owners.all[0]?.take()).toBe(has);
  await owners.all[0]?.kill();
  return readFile(path, 'utf8');
}

describe('the lock of a batch directory', () => {
  it('is had by one at a time, and the next names the owner', async () => {
    await using place = await emptyPlace();
    const first = await takeLock(place.at('lock'));

    const second = takeLock(place.at('lock'));

    await expect(second).rejects.toThrow(LockedError);
    await expect(second).rejects.toThrow(
      `${place.at('lock')}: process ${process.pid} on ${hostname()} works on this batch`,
    );
    await first.release();
    await (await takeLock(place.at('lock'))).release();
    expect(await readdir(place.path)).toEqual([]);
  });

  it('is released at the end of a scope, whatever ends it', async () => {
    await using place = await emptyPlace();
    const breaking = (async () => {
      await using _lock = await takeLock(place.at('lock'));
      throw new Error('boom');
    })();

    await expect(breaking).rejects.toThrow('boom');
    expect(await readdir(place.path)).toEqual([]);
  });

  it('is nobody else’s to read, and tells its owner from its first moment on', async () => {
    await using place = await emptyPlace();
    await using _lock = await takeLock(place.at('lock'));

    expect(JSON.parse(await readFile(place.at('lock'), 'utf8'))).toEqual({
      pid: process.pid,
      host: hostname(),
      started: expect.stringMatching(/^(\d+|alive)$/),
      boot: expect.any(String),
      pidNamespace: expect.any(String),
      nonce: expect.stringMatching(/^[0-9a-f]{10}$/),
    });
  });

  it('goes to exactly one of 20 processes at once, and when it is killed to exactly one of the others', async () => {
    await using place = await emptyPlace();
    await using owners = await startOwners(place.at('lock'), 20);

    for (let left = [...owners.all]; left.length > 10; ) {
      const told = await Promise.all(left.map((owner) => owner.take()));

      const winners = left.filter((_, at) => told[at] === has);
      expect(winners).toHaveLength(1);
      expect(
        told.filter((line) => /^LockedError: .* works on this batch \(last heartbeat/.test(line)),
      ).toHaveLength(left.length - 1);
      await winners[0]?.kill();
      left = left.filter((owner) => owner !== winners[0]);
    }
    await (await takeLock(place.at('lock'))).release();
    expect(await readdir(place.path)).toEqual([]);
  });

  it('names its owner to another process, and is gone once the owner ends', async () => {
    await using place = await emptyPlace();
    await using owners = await startOwners(place.at('lock'), 2);
    const [first, second] = owners.all;

    const told = [await first?.take(), await second?.take()];

    const sentence = `LockedError: ${place.at('lock')}: process ${first?.pid} on ${hostname()} works on this batch (last heartbeat 0 s ago). Wait until it ends; 30 s after its last heartbeat the same command takes over from it.`;
    expect(told).toEqual([has, sentence]);
    await first?.end();
    expect(await readdir(place.path)).toEqual([]);
  });

  it('is taken over at once from an owner that was killed', async () => {
    await using place = await emptyPlace();
    await leaveLock(place.at('lock'));

    const lock = await takeLock(place.at('lock'));

    expect(JSON.parse(await readFile(place.at('lock'), 'utf8')).pid).toBe(process.pid);
    await lock.release();
    expect(await readdir(place.path)).toEqual([]);
  });

  it('is taken over though one who was taking it over was killed, too', async () => {
    await using place = await emptyPlace();
    const path = place.at('lock');
    const gone = await leaveLock(path);
    const claim = `${path}.${JSON.parse(gone).nonce}`;
    const alsoGone = JSON.stringify({ ...JSON.parse(gone), nonce: '0123456789' });
    await writeFile(claim, alsoGone);
    await writeFile(`${claim}.0123456789`, JSON.stringify({ ...JSON.parse(gone), nonce: '9876543210' }));

    await using _lock = await takeLock(path);

    expect(await readdir(place.path)).toEqual(['lock']);
  });

  it('is not taken over while another does so', async () => {
    await using place = await emptyPlace();
    const gone = await leaveLock(place.at('lock'));
    await using _claim = await takeLock(`${place.at('lock')}.${JSON.parse(gone).nonce}`);

    await expect(takeLock(place.at('lock'))).rejects.toThrow(`process ${process.pid} on ${hostname()} works`);
    expect(await readFile(place.at('lock'), 'utf8')).toBe(gone);
  });

  it('is taken over from a process that ended and was not waited for', async () => {
    await using place = await emptyPlace();
    await using zombie = await startZombie();
    const { pid, started } = zombie;
    const facts = await processFacts(process.pid);
    await writeFile(place.at('lock'), JSON.stringify({ ...facts, pid, started, nonce: 'a' }));

    await using _lock = await takeLock(place.at('lock'));

    expect(JSON.parse(await readFile(place.at('lock'), 'utf8')).pid).toBe(process.pid);
  });

  it.each<[string, (owner: Record<string, unknown>) => object]>([
    ['has its id used again by a later process', (owner) => ({ ...owner, started: '1' })],
    ['has an id that no process has', (owner) => ({ ...owner, pid: 2 ** 22 + 1 })],
  ])('is taken over from an owner that %s', async (_, other) => {
    await using place = await emptyPlace();
    await (await takeLock(place.at('lock'))).release();
    await using own = await takeLock(place.at('own'));
    const owner = JSON.parse(await readFile(place.at('own'), 'utf8'));
    await writeFile(place.at('lock'), JSON.stringify(other({ ...owner, nonce: 'b' })));

    await using _lock = await takeLock(place.at('lock'));

    expect(JSON.parse(await readFile(place.at('lock'), 'utf8')).nonce).not.toBe('b');
    expect(own).toBeDefined();
  });

  it('is left alone at the end by one who lost it', async () => {
    await using place = await emptyPlace();
    const first = await takeLock(place.at('lock'));
    await writeFile(place.at('lock'), JSON.stringify({ pid: 1, host: 'elsewhere', nonce: 'd' }));

    await first.release();

    expect(await readFile(place.at('lock'), 'utf8')).toContain('elsewhere');
  });

  it.each<[string, (path: string) => Promise<unknown>, RegExp]>([
    ['a symbolic link', (path) => symlink(`${path}-elsewhere`, path), /found a symbolic link; remove it/],
    ['a directory', (path) => mkdir(path), /EISDIR/],
    ['no JSON', (path) => writeFile(path, '123 nodejs'), /JSON/],
    ['no owner', (path) => writeFile(path, 'null'), /found something else/],
    ['nothing in it', (path) => writeFile(path, ''), /JSON/],
  ])('is refused where there is %s', async (_, put, message) => {
    await using place = await emptyPlace();
    await put(place.at('lock'));

    const taking = takeLock(place.at('lock'));

    await expect(taking).rejects.toThrow(ConfigError);
    await expect(taking).rejects.toThrow(message);
    expect(await readdir(place.path)).toEqual(['lock']);
  });

  it('is refused where there is no directory', async () => {
    await using place = await emptyPlace();

    await expect(takeLock(place.at('none/lock'))).rejects.toThrow(SinkError);
  });
});

/** A process that ended, with a parent that never looks. */
async function startZombie() {
  // It ends once its parent, a shell, has become a program that waits for nobody.
  const ends = 'until [ "$(cat /proc/$PPID/comm)" = sleep ]; do :; done';
  const parent = spawn('sh', ['-c', `sh -c '${ends}' & echo $!; exec sleep 600`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(parent, 'close');
  const [line] = await once(parent.stdout, 'data');
  const pid = Number(String(line));
  let stat = '';
  while (!stat.includes(') Z ')) stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  return {
    pid,
    started: stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19],
    [Symbol.asyncDispose]: async () => {
      parent.kill('SIGKILL');
      await closed;
    },
  };
}
