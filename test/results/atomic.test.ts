import { link, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { SinkError } from '../../src/errors.ts';
import { writeJson } from '../../src/results/atomic.ts';
import { emptyPlace } from '../sinks/place.ts';

describe('a small file', () => {
  it('is JSON for people, nobody else’s to read, and nothing is left beside it', async () => {
    await using place = await emptyPlace();

    await writeJson(place.at('summary.json'), { a: [1], b: 'ü' });

    expect(await readFile(place.at('summary.json'), 'utf8')).toBe(
      '{\n  "a": [\n    1\n  ],\n  "b": "ü"\n}\n',
    );
    expect((await stat(place.at('summary.json'))).mode & 0o777).toBe(0o600);
    expect(await readdir(place.path)).toEqual(['summary.json']);
  });

  it('takes the place of the one before it as a whole', async () => {
    await using place = await emptyPlace();
    await writeFile(place.at('summary.json'), 'old and longer than the new one');
    await writeFile(place.at('summary.json.new'), 'begun by a start that died, and longer than the new one');
    await link(place.at('summary.json'), place.at('kept'));

    await writeJson(place.at('summary.json'), 1);

    expect(await readFile(place.at('summary.json'), 'utf8')).toBe('1\n');
    expect(await readFile(place.at('kept'), 'utf8')).toBe('old and longer than the new one');
  });

  it('is written nowhere else, whatever links are in the way', async () => {
    await using place = await emptyPlace();
    await writeFile(place.at('precious'), 'precious');
    await symlink(place.at('precious'), place.at('summary.json'));
    await symlink(place.at('precious'), place.at('summary.json.new'));

    await writeJson(place.at('summary.json'), 1);

    expect(await readFile(place.at('precious'), 'utf8')).toBe('precious');
    expect(await readFile(place.at('summary.json'), 'utf8')).toBe('1\n');
  });

  it('is refused where it cannot be written, and leaves nothing', async () => {
    await using place = await emptyPlace();
    await mkdir(place.at('summary.json'));

    const writing = writeJson(place.at('summary.json'), 1);

    await expect(writing).rejects.toThrow(SinkError);
    await expect(writing).rejects.toThrow(/summary.json: cannot be written \(E/);
    await expect(writeJson(place.at('none/summary.json'), 1)).rejects.toThrow(/cannot be written \(ENOENT/);
    expect(await readdir(place.path)).toEqual(['summary.json']);
  });
});
