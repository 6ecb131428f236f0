import { execFile } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { SinkError } from '../src/errors.ts';
import { Scratch } from '../src/scratch.ts';
import { emptyPlace } from './sinks/place.ts';

const run = promisify(execFile);
const filling = fileURLToPath(new URL('./filling.mjs', import.meta.url));

const bytesOf = (...bytes: number[]) => Uint8Array.from(bytes);

describe('a scratch file', () => {
  it('gives back what was put there, also over what lay there before', async () => {
    await using place = await emptyPlace();
    using scratch = new Scratch(place.at('scratch'));
    const read = bytesOf(0, 0);

    const places = [scratch.append(bytesOf(1, 2)), scratch.append(bytesOf(3, 4, 5))];
    scratch.write(bytesOf(6, 7), 0);

    expect(places).toEqual([0, 2]);
    scratch.read(read, 0);
    expect(read).toEqual(bytesOf(6, 7));
    scratch.read(read, 3);
    expect(read).toEqual(bytesOf(4, 5));
  });

  it('has no name, and takes the place of one that a kill left its name', async () => {
    await using place = await emptyPlace();
    await writeFile(place.at('scratch'), 'left');
    using scratch = new Scratch(place.at('scratch'));

    const before = await readdir(place.path);
    scratch.append(bytesOf(1));

    expect(before).toEqual(['scratch']);
    expect(await readdir(place.path)).toEqual([]);
  });

  it.each([
    ['cannot be made', 'no/such/directory', (scratch: Scratch) => scratch.append(bytesOf(1))],
    ['ends too soon', 'scratch', (scratch: Scratch) => scratch.read(bytesOf(0), 7)],
  ])('tells its path where it %s', async (_, name, use) => {
    await using place = await emptyPlace();
    using scratch = new Scratch(place.at(name));

    expect(() => use(scratch)).toThrow(SinkError);
    expect(() => use(scratch)).toThrow(`${place.at(name)}: cannot be `);
  });

  it('tells where the disk is full, and holds what it took before', async () => {
    await using place = await emptyPlace();
    const path = place.at('scratch');

    // A file may grow to 40 KB and no further: a write over that is cut short, and the next one fails.
    const { stdout } = await run('bash', [
      '-c',
      'ulimit -f 40; exec "$0" "$@"',
      process.execPath,
      filling,
      path,
    ]);

    expect(JSON.parse(stdout)).toEqual({
      taken: 2,
      error: `SinkError: ${path}: cannot be written (EFBIG: file too large, write): make room there`,
      held: [1, 2],
    });
  });

  it('is refused where a directory stands', async () => {
    await using place = await emptyPlace();
    await mkdir(place.at('scratch'));
    using scratch = new Scratch(place.at('scratch'));

    expect(() => scratch.append(bytesOf(1))).toThrow(SinkError);
  });
});
