import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { claimState, orphanGraceMs } from '../../src/server/state-claim.ts';
import { temporaryDirectory } from './temporary.ts';

const mine = `${process.pid}\n`;

describe('claimState', () => {
  it('notes this process, and takes the note away', async () => {
    await using directory = await temporaryDirectory();
    const note = join(directory.path, 'server.pid');

    const release = await claimState(directory.path);

    expect(await readFile(note, 'utf8')).toBe(mine);
    release();
    await expect(readFile(note, 'utf8')).rejects.toThrow('ENOENT');
  });

  it.each([
    ['a process that is gone', '4194304\n'],
    ['another process that has the number by now', `${process.ppid}\n`],
    ['nobody', 'what?'],
  ])('does not wait for %s', async (_who, note) => {
    await using directory = await temporaryDirectory({ 'server.pid': note });
    const started = performance.now();

    await claimState(directory.path);

    expect(performance.now() - started).toBeLessThan(orphanGraceMs / 2);
    expect(await readFile(join(directory.path, 'server.pid'), 'utf8')).toBe(mine);
  });

  it('waits until a server of the same directory has ended', async () => {
    await using directory = await temporaryDirectory();
    const server = spawn(process.execPath, [
      '-e',
      'process.stdin.resume()',
      JSON.stringify({ stateDir: directory.path }),
    ]);
    const ended = once(server, 'exit');
    await directory.file('server.pid', `${server.pid}\n`);
    let isClaimed = false;
    const claim = claimState(directory.path).then(() => {
      isClaimed = true;
    });
    await new Promise(setImmediate);
    const wasClaimedBefore = isClaimed;

    server.kill('SIGKILL');

    await Promise.all([claim, ended]);
    expect(wasClaimedBefore).toBe(false);
    expect(await readFile(join(directory.path, 'server.pid'), 'utf8')).toBe(mine);
  });

  it('leaves a note that is another’s by then', async () => {
    await using directory = await temporaryDirectory();
    const release = await claimState(directory.path);
    await directory.file('server.pid', '1\n');

    release();

    expect(await readFile(join(directory.path, 'server.pid'), 'utf8')).toBe('1\n');
  });
});
