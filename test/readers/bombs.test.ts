/** Gzip bombs: little on the disk, gigabytes of one row. Each ends in an error with its place, in little memory. */

import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { checkDataset } from '../../src/readers/check.ts';
import { formatOf } from '../../src/readers/index.ts';

/** The text, then so many MB of a unit over and over: members in a row are one gzip. */
function* bomb(text: string, unit: string, megabytes: number): Generator<Buffer> {
  yield gzipSync(text);
  const member = gzipSync(Buffer.alloc(1_000_000, unit));
  for (let sent = 0; sent < megabytes; sent += 1) yield member;
}

const check = (name: string, pieces: Iterable<Buffer>) =>
  checkDataset(Readable.from(pieces), formatOf(name), { name });

describe('a dataset that unpacks to 2 GB', () => {
  it.each([
    ['csv', 'a row of empty cells', 'id,prompt\na,', ',', 'qa.csv.gz:2'],
    ['jsonl', 'a line', '{"prompt":"', 'x', 'qa.jsonl.gz:1'],
    ['json', 'brackets', '[', '[', 'qa.json.gz:1'],
    ['json', 'blanks before the array', '', ' ', 'qa.json.gz:1'],
    ['json', 'blanks behind the array', '[{"prompt":"a"}]', ' ', 'qa.json.gz:1'],
  ])(
    '(%s: %s) is refused by its line, and most of it never unpacked',
    async (format, _, text, unit, place) => {
      let megabytes = 0;
      const counted = function* () {
        for (const piece of bomb(text, unit, 2_000)) {
          megabytes += 1;
          yield piece;
        }
      };

      const checked = check(`qa.${format}.gz`, counted());

      await expect(checked).rejects.toThrow(`${place}: `);
      expect(megabytes).toBeLessThan(200);
    },
  );

  it('is read where it is many good rows, whatever their ratio', async () => {
    const rows = (count: number) => `${'x'.repeat(999)}\n`.repeat(count);
    const member = gzipSync(rows(2_000));
    const pieces = [gzipSync('prompt\n'), ...Array.from({ length: 10 }, () => member)];

    const { examples } = await check('qa.csv.gz', pieces);

    expect(examples).toBe(20_000);
  });
});

describe('a row nested 10,000 deep', () => {
  const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;

  it.each([
    ['qa.jsonl', `{"prompt":"a"}\n{"prompt":"b","more":${deep}}\n`, 'qa.jsonl:2'],
    ['qa.json', `[{"prompt":"a"},\n{"inputs":{"more":${deep}}}]`, 'qa.json:2'],
    ['qa.csv', `inputs\n"{""a"":1}"\n"{""a"":${deep}}"\n`, 'qa.csv:3'],
  ])('is refused by its line (%s)', async (name, text, place) => {
    const options = { name };
    const reading = () => checkDataset(Readable.from([text]), formatOf(name), options);
    const skipping = () =>
      checkDataset(Readable.from([text]), formatOf(name), { ...options, skipBadRows: true });

    await expect(reading()).rejects.toThrow(place);
    await expect(reading()).rejects.toThrow('expected JSON nested up to 1000 deep, saw more');
    expect(await skipping()).toMatchObject({ examples: 2, badRows: 1 });
  });

  it('is read where it is 1,000 deep, and has its id', async () => {
    const most = `${'['.repeat(998)}${']'.repeat(998)}`;
    const text = `{"inputs":{"more":${most}}}\n`;

    expect(
      await checkDataset(Readable.from([text]), formatOf('qa.jsonl'), { name: 'qa.jsonl' }),
    ).toMatchObject({
      examples: 1,
      madeIds: 1,
    });
  });
});
