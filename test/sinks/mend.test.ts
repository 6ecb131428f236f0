import { readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Ownership } from '../../src/contracts.ts';
import { JournalError, LockedError } from '../../src/errors.ts';
import { openLine, readLines, sealedLine } from '../../src/sinks/lines.ts';
import { mendLines } from '../../src/sinks/mend.ts';
import { emptyPlace } from './place.ts';

const ours: Ownership = { isSure: true, lost: new AbortController().signal, prove: async () => {} };
const stamp = '20261122T030000Z';

const recordOf = (id: string, response: string) =>
  sealedLine({ id, index: 0, trial: 1, response }).toString();

async function readAll(path: string): Promise<unknown[]> {
  const values: unknown[] = [];
  for await (const lines of readLines(path, { cutBytes: 0 })) values.push(...lines.map(({ value }) => value));
  return values;
}

/** Writes a file, mends it, and tells what came of it. */
async function mended(content: string | Buffer) {
  await using place = await emptyPlace();
  const path = place.at('results.jsonl');
  await writeFile(path, content);
  const told = await mendLines(path, stamp, ours);
  const names = (await readdir(place.path)).sort();
  const kept = told === null ? null : await readFile(told.keptAs);
  return { told, names, kept, bytes: await readFile(path), values: await readAll(path) };
}

/** One way in which a file is damaged; places are shares of its length. */
type Damage = (bytes: Buffer) => Buffer;
const anyPlace = fc.double({ min: 0, max: 0.999, noNaN: true });
const anyDamage: fc.Arbitrary<Damage> = fc.oneof(
  fc.tuple(anyPlace, fc.integer({ min: 1, max: 255 })).map(
    ([share, flip]): Damage =>
      (bytes) => {
        const at = Math.floor(share * bytes.length);
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ flip;
        return changed;
      },
  ),
  fc.tuple(anyPlace, fc.integer({ min: 1, max: 300 })).map(
    ([share, length]): Damage =>
      (bytes) => {
        const at = Math.floor(share * bytes.length);
        return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
      },
  ),
  fc.tuple(anyPlace, fc.uint8Array({ minLength: 1, maxLength: 300 })).map(
    ([share, more]): Damage =>
      (bytes) => {
        const at = Math.floor(share * bytes.length);
        return Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)]);
      },
  ),
  anyPlace.map(
    (share): Damage =>
      (bytes) => {
        const at = Math.floor(share * bytes.length);
        return Buffer.concat([bytes.subarray(0, at), Buffer.from('\n'), bytes.subarray(at)]);
      },
  ),
);

describe('a mended copy', () => {
  it('has every line that holds, in order, names all others by number, and keeps the damaged file', async () => {
    const anyTexts = fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(anyTexts, fc.array(anyDamage, { maxLength: 4 }), async (texts, damages) => {
        const good = Buffer.from(texts.map((text, at) => recordOf(`r-${at}`, text)).join(''));
        const damaged = damages.reduce<Buffer>((bytes, damage) => damage(bytes), good);

        const { told, kept, bytes, values } = await mended(damaged);

        const lines = damaged.toString('latin1').split('\n').slice(0, -1);
        const holds = lines.map((line) => openLine(Buffer.from(line, 'latin1')) !== null);
        const bad = holds.flatMap((isGood, at) => (isGood ? [] : [at + 1]));
        expect(told?.leftOut.map(({ line }) => line) ?? []).toEqual(bad);
        const rest = lines.filter((_, at) => holds[at]).map((line) => `${line}\n`);
        const copy = bad.length === 0 ? damaged.toString('latin1') : rest.join('');
        expect(bytes.toString('latin1')).toBe(copy);
        expect(kept).toEqual(bad.length === 0 ? null : damaged);
        expect(values).toHaveLength(rest.length);
      }),
      { numRuns: 100 },
    );
  });

  it('names the examples that can still be read in what it left out', async () => {
    const [a, b, c, d] = ['a "1"', 'b', 'c', 'd'].map((id) => recordOf(id, 'text')) as [
      string,
      string,
      string,
      string,
    ];
    const intent = sealedLine({ key: 'thread:talk', trial: 1, mark: 'made' }).toString();
    const content =
      a.replace('text', 'test') + b + b.trimEnd() + c + d.slice(20) + intent.replace('made', 'sent') + c;

    const { told, names, values } = await mended(content);

    expect(told?.leftOut).toEqual([
      { line: 1, names: ['a "1"'] },
      { line: 3, names: ['b', 'c'] },
      { line: 4, names: [] },
      { line: 5, names: ['talk'] },
    ]);
    expect(values).toMatchObject([{ id: 'b' }, { id: 'c' }]);
    expect(names).toEqual(['results.jsonl', `results.jsonl.damaged-${stamp}`]);
  });

  it('leaves out a last line that is not whole, and tells how much', async () => {
    const { told, bytes } = await mended(`${recordOf('a', '')}x\n${recordOf('b', '')}{"id":"c`);

    expect(told).toMatchObject({ leftOut: [{ line: 2 }], cutBytes: 8 });
    expect(bytes.toString()).toBe(recordOf('a', '') + recordOf('b', ''));
  });

  it.each([
    ['holds', recordOf('a', '') + recordOf('b', '')],
    ['holds, with a last line that is not whole', `${recordOf('a', '')}{"id":"b`],
    ['is empty', ''],
  ])('is not made of a file that %s', async (_, content) => {
    const { told, names, bytes } = await mended(content);

    expect(told).toBeNull();
    expect(names).toEqual(['results.jsonl']);
    expect(bytes.toString()).toBe(content);
  });

  it('is not made where there is no file', async () => {
    await using place = await emptyPlace();

    expect(await mendLines(place.at('none'), stamp, ours)).toBeNull();
  });

  it('keeps a damaged file of the same second too', async () => {
    await using place = await emptyPlace();
    const path = place.at('results.jsonl');
    await writeFile(path, 'one\n');
    await mendLines(path, stamp, ours);
    await writeFile(path, 'two\n');

    const told = await mendLines(path, stamp, ours);

    expect(await readFile(told?.keptAs ?? '', 'utf8')).toBe('two\n');
    expect(await readFile(`${path}.damaged-${stamp}`, 'utf8')).toBe('one\n');
    expect((await stat(path)).size).toBe(0);
  });

  it('is not made by one that lost the batch, nor of a symbolic link', async () => {
    await using place = await emptyPlace();
    const path = place.at('results.jsonl');
    await writeFile(path, 'damaged\n');
    await symlink(path, place.at('link'));
    const lost = { ...ours, prove: () => Promise.reject(new LockedError('another has it')) };

    await expect(mendLines(path, stamp, lost)).rejects.toThrow(LockedError);
    await expect(mendLines(place.at('link'), stamp, ours)).rejects.toThrow(JournalError);
    expect(await readFile(path, 'utf8')).toBe('damaged\n');
  });
});
