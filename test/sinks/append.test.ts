import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { JournalError, SinkError } from '../../src/errors.ts';
import { openAppender } from '../../src/sinks/append.ts';
import { appendUpTo } from './limited.ts';
import { emptyPlace } from './place.ts';

const run = promisify(execFile);

describe('an appender', () => {
  it('appends lines in the order they were given, and tells where each begins', async () => {
    await using place = await emptyPlace();
    const file = await openAppender(place.at('lines'));

    const first = await file.append(Buffer.from('erste\n'));
    const offsets = await Promise.all(
      ['zwölf\n', 'ß\n', 'last\n'].map((line) => file.append(Buffer.from(line))),
    );
    await file.close();

    expect([first, ...offsets]).toEqual([0, 6, 13, 16]);
    expect(await readFile(place.at('lines'), 'utf8')).toBe('erste\nzwölf\nß\nlast\n');
  });

  it('has a line in the file by the time it says so', async () => {
    await using place = await emptyPlace();
    const file = await openAppender(place.at('lines'));

    for (let n = 0; n < 20; n += 1) {
      await file.append(Buffer.from(`${n}\n`));

      expect(await readFile(place.at('lines'), 'utf8')).toMatch(new RegExp(`(^|\n)${n}\n$`));
    }
    await file.close();
  });

  it('forgets no line, whenever it comes', async () => {
    await using place = await emptyPlace();
    const file = await openAppender(place.at('lines'));
    // Each writer gives its next line some steps after the last one was told durable.
    const writer = async (name: number) => {
      for (let n = 0; n < 40; n += 1) {
        await file.append(Buffer.from(`${name} ${n}\n`));
        for (let step = 0; step < (name + n) % 7; step += 1) await Promise.resolve();
      }
    };

    await Promise.all(Array.from({ length: 5 }, (_, name) => writer(name)));
    await writer(5);
    await file.close();

    const lines = (await readFile(place.at('lines'), 'utf8')).trimEnd().split('\n');
    expect(lines).toHaveLength(240);
    expect(new Set(lines).size).toBe(240);
  });

  it('takes more at once than one group may hold', async () => {
    await using place = await emptyPlace();
    const file = await openAppender(place.at('lines'));
    const line = `${'x'.repeat(3_000_000)}\n`;

    const offsets = await Promise.all(
      [line, line, line, line, line].map((each) => file.append(Buffer.from(each))),
    );
    await file.close();

    expect(offsets).toEqual([0, 1, 2, 3, 4].map((n) => n * 3_000_001));
    expect((await stat(place.at('lines'))).size).toBe(15_000_005);
  });

  it('goes on behind what is there', async () => {
    await using place = await emptyPlace();
    await writeFile(place.at('lines'), 'first\n');
    const file = await openAppender(place.at('lines'));

    const offset = await file.append(Buffer.from('second\n'));
    await file.close();

    expect(offset).toBe(6);
    expect(await readFile(place.at('lines'), 'utf8')).toBe('first\nsecond\n');
  });

  it.each([
    ['a part of a line', 'first\nsec', 'first\n'],
    ['nothing but a part of a line', 'fir', ''],
    ['a long part of a line', `first\n${'x'.repeat(200_000)}`, 'first\n'],
    ['a line end just before a look back ends', `first\n${'x'.repeat(64 * 1024)}`, 'first\n'],
    ['zeros', `first\n${'\0'.repeat(4096)}`, 'first\n'],
  ])('cuts off %s', async (_, there, kept) => {
    await using place = await emptyPlace();
    await writeFile(place.at('lines'), there);
    const file = await openAppender(place.at('lines'));

    const offset = await file.append(Buffer.from('next\n'));
    await file.close();

    expect(offset).toBe(kept.length);
    expect(await readFile(place.at('lines'), 'utf8')).toBe(`${kept}next\n`);
  });

  it('makes a file that is nobody else’s to read', async () => {
    await using place = await emptyPlace();
    await (await openAppender(place.at('lines'))).close();

    expect((await stat(place.at('lines'))).mode & 0o777).toBe(0o600);
  });

  it('refuses a symbolic link, and leaves alone what it leads to', async () => {
    await using place = await emptyPlace();
    await writeFile(place.at('elsewhere'), 'precious');
    await symlink(place.at('elsewhere'), place.at('lines'));
    await symlink(place.at('nowhere'), place.at('dangling'));

    const opening = openAppender(place.at('lines'));

    await expect(opening).rejects.toThrow(JournalError);
    await expect(opening).rejects.toThrow('lines: expected a file, found a symbolic link; remove it');
    await expect(openAppender(place.at('dangling'))).rejects.toThrow(JournalError);
    expect(await readFile(place.at('elsewhere'), 'utf8')).toBe('precious');
    await expect(stat(place.at('nowhere'))).rejects.toThrow('ENOENT');
  });

  it.each([
    ['a directory', 'directory', /directory: cannot be written \(EISDIR/],
    ['in no directory', 'none/lines', /lines: cannot be written \(ENOENT/],
  ])('refuses what is %s', async (_, name, message) => {
    await using place = await emptyPlace();
    await mkdir(place.at('directory'));

    const opening = openAppender(place.at(name));

    await expect(opening).rejects.toThrow(SinkError);
    await expect(opening).rejects.toThrow(message);
  });

  it('refuses lines once it is closed', async () => {
    await using place = await emptyPlace();
    const file = await openAppender(place.at('lines'));
    const before = file.append(Buffer.from('before\n'));
    await file.close();

    await expect(before).resolves.toBe(0);
    await expect(file.append(Buffer.from('after\n'))).rejects.toThrow(SinkError);
    expect(await readFile(place.at('lines'), 'utf8')).toBe('before\n');
  });
});

describe('an appender on a full disk', () => {
  it('refuses every line of the group that did not fit and all after it, and leaves whole lines alone', async () => {
    await using place = await emptyPlace();
    const path = place.at('lines');

    const told = await appendUpTo(25, path);

    const text = await readFile(path, 'utf8');
    const durable = told.filter(({ status }) => status === 'fulfilled');
    expect(told.map(({ status }) => status)).toEqual([
      ...Array<string>(20).fill('fulfilled'),
      ...Array<string>(20).fill('rejected'),
    ]);
    expect(durable.map(({ value }) => value)).toEqual(durable.map((_, at) => at * 1_000));
    expect(text.length).toBe(20_000);
    expect(text.endsWith('\n')).toBe(true);
    expect(new Set(told.slice(20).map(({ reason }) => reason))).toEqual(
      new Set([`SinkError: ${path}: cannot be written (EFBIG: file too large, write)`]),
    );
  });

  it('goes on there once there is room', async () => {
    await using place = await emptyPlace();
    await appendUpTo(25, place.at('lines'));

    const told = await appendUpTo(1_000, place.at('lines'));

    expect(told.map(({ value }) => value)).toEqual(told.map((_, at) => 20_000 + at * 1_000));
    expect((await stat(place.at('lines'))).size).toBe(60_000);
  });

  it('says so at the first line, where there is no room at all', async () => {
    const file = await openAppender('/dev/full');

    await expect(file.append(Buffer.from('a\n'))).rejects.toThrow('/dev/full: cannot be written (ENOSPC');
    await expect(file.append(Buffer.from('b\n'))).rejects.toThrow('/dev/full: cannot be written (ENOSPC');
    await file.close();
  });
});

describe('an appender whose file cannot be synced', () => {
  it('refuses the line that was written, and writes nothing after it', async () => {
    await using place = await emptyPlace();
    // A pipe takes what is written, and cannot be synced.
    await run('mkfifo', [place.at('pipe')]);
    const file = await openAppender(place.at('pipe'));
    const piped = createReadStream(place.at('pipe'), 'utf8');
    await once(piped, 'open');

    const first = file.append(Buffer.from('first\n'));
    await expect(first).rejects.toThrow(SinkError);
    await expect(first).rejects.toThrow(/pipe: cannot be written \(EINVAL: invalid argument, fdatasync/);
    await expect(file.append(Buffer.from('second\n'))).rejects.toThrow('fdatasync');
    await file.close();

    let text = '';
    for await (const chunk of piped) text += chunk;
    expect(text).toBe('first\n');
  });
});
