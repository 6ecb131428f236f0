import { chmod, link, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { writeJson, writeText } from '../src/atomic.ts';
import { JournalError, SinkError } from '../src/errors.ts';
import { emptyPlace } from './sinks/place.ts';

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

async function* piecesOf(...pieces: string[]) {
  yield* pieces;
}

describe('a file that a user named', () => {
  it('holds all pieces, and nothing is left beside it', async () => {
    await using place = await emptyPlace();
    const many = Array.from({ length: 50_000 }, (_, at) => `line ${at} ü\n`);

    await writeText(place.at('report.xml'), piecesOf(...many));

    expect(await readFile(place.at('report.xml'), 'utf8')).toBe(many.join(''));
    expect(await readdir(place.path)).toEqual(['report.xml']);
  });

  it('is as any file the user makes, and stays as readable as it was', async () => {
    await using place = await emptyPlace();
    await writeFile(place.at('his own'), '');
    await writeFile(place.at('there'), 'long before');
    await chmod(place.at('there'), 0o664);

    await writeText(place.at('new'), piecesOf('a'));
    await writeText(place.at('there'), piecesOf('b'));

    const modeOf = async (name: string) => (await stat(place.at(name))).mode & 0o777;
    expect(await modeOf('new')).toBe(await modeOf('his own'));
    expect(await modeOf('there')).toBe(0o664);
    expect(await readFile(place.at('there'), 'utf8')).toBe('b');
  });

  it('is written where a link leads', async () => {
    await using place = await emptyPlace();
    await writeFile(place.at('kept by CI'), 'old');
    await symlink(place.at('kept by CI'), place.at('report.md'));

    await writeText(place.at('report.md'), piecesOf('new'));

    expect(await readFile(place.at('kept by CI'), 'utf8')).toBe('new');
    expect(await readdir(place.path)).toEqual(['kept by CI', 'report.md']);
  });

  it('may be no file', async () => {
    await expect(writeText('/dev/null', piecesOf('a', 'b'))).resolves.toBeUndefined();

    expect((await stat('/dev/null')).isFile()).toBe(false);
  });

  it('is as it was where the pieces break off, and says why they did', async () => {
    await using place = await emptyPlace();
    await writeFile(place.at('report.xml'), 'old');
    const breaking = async function* () {
      yield 'x'.repeat(1_000_000);
      throw new JournalError('results.jsonl:3: this line was changed');
    };

    await expect(writeText(place.at('report.xml'), breaking())).rejects.toThrow(JournalError);

    expect(await readFile(place.at('report.xml'), 'utf8')).toBe('old');
    expect(await readdir(place.path)).toEqual(['report.xml']);
  });

  it('is refused where it cannot be written', async () => {
    await using place = await emptyPlace();
    await mkdir(place.at('directory'));

    await expect(writeText(place.at('directory'), piecesOf('a'))).rejects.toThrow(SinkError);
    await expect(writeText(place.at('none/report.xml'), piecesOf('a'))).rejects.toThrow(
      /report.xml: cannot be written \(ENOENT/,
    );
  });
});
