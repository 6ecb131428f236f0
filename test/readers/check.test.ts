import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkDataset } from '../../src/readers/check.ts';
import { type Format, formatOf } from '../../src/readers/index.ts';
import { Scratch } from '../../src/scratch.ts';
import { emptyPlace } from '../sinks/place.ts';
import { inPieces } from './reading.ts';

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const csv: Format = { name: 'csv', isGzipped: false };
const samples = new URL('../../datasets/', import.meta.url);

describe('checkDataset', () => {
  it('counts the ids it made, where rows gave none', async () => {
    const rows = 'id,prompt\na,hi\n,hi\n,hi\n';

    const facts = await checkDataset(Readable.from([rows]), csv, { name: 'qa' });

    expect(facts).toMatchObject({ madeIds: 2, numberedIds: 1 });
  });

  it('counts examples, bad rows, turns and conversations', async () => {
    const text = 'turns,thread,note\n"[""a"",""b""]",,\n"[""c""]",,\n,,\n"[""d""]",,\n';
    const rows = 'id,prompt,conversation,answer\n1,a,x,\n2,b,y,b\n3,c,x,\n4,d,,\n5,,x,\n';

    const whole = await checkDataset(Readable.from([text]), csv, { name: 'qa', skipBadRows: true });
    const spread = await checkDataset(Readable.from([rows]), csv, { name: 'qa', skipBadRows: true });

    expect(whole).toMatchObject({ examples: 4, badRows: 1, turns: 5, conversations: 3 });
    expect(spread).toEqual({
      sha256: sha256(Buffer.from(rows)),
      examples: 5,
      badRows: 1,
      numberedIds: 0,
      madeIds: 0,
      turns: 5,
      conversations: 2,
      columns: ['id', 'prompt', 'conversation', 'answer'],
      roles: {
        input: 'prompt',
        id: 'id',
        thread: 'conversation',
        expected: 'answer',
        expectedTools: null,
        resume: null,
      },
    });
  });

  it.each([
    ['plain', Buffer.from('prompt\na\n'), 'qa.csv'],
    ['gzipped', gzipSync('prompt\na\n'), 'qa.csv.gz'],
  ])('hashes the bytes as they lie on disk: %s', async (_what, bytes, name) => {
    const facts = await checkDataset(Readable.from(inPieces(bytes, [1_000])), formatOf(name), { name });

    expect(facts).toMatchObject({ examples: 1, sha256: sha256(bytes) });
  });

  it('hashes padding behind gzip data too, or refuses it where zlib reads no further', async () => {
    const name = 'qa.csv.gz';
    const bytes = Buffer.concat([gzipSync('prompt\na\n'), Buffer.alloc(200_000)]);

    const result = await checkDataset(Readable.from(inPieces(bytes, [1_000])), formatOf(name), { name }).then(
      (facts) => facts.sha256,
      String,
    );

    expect([
      sha256(bytes),
      'DatasetError: qa.csv.gz: expected the gzip data to fill the file, saw more behind its end: compress it again',
    ]).toContain(result);
  });

  it('tells how many bytes are read', async () => {
    const told: number[] = [];
    const bytes = Buffer.from(`prompt\n${'some text\n'.repeat(100)}`);

    await checkDataset(
      Readable.from(inPieces(bytes, [400])),
      csv,
      { name: 'qa' },
      {
        onProgress: (bytesRead) => told.push(bytesRead),
      },
    );

    expect(told).toEqual([400, 800, 1007]);
  });

  it('shows each row on the way', async () => {
    const shown: unknown[] = [];

    await checkDataset(
      Readable.from(['id,prompt\n1,a\n2,\n3,c\n']),
      csv,
      { name: 'qa', skipBadRows: true },
      {
        onRow: ({ id }) => shown.push(id),
      },
    );

    expect(shown).toEqual(['1', 'line-3', '3']);
  });

  it('throws at the first row that cannot be read, and closes the source', async () => {
    const source = Readable.from(inPieces(Buffer.from(`prompt\n\n" "\n${'a\n'.repeat(500_000)}`), [1_000]));

    const closed = new Promise((resolve) => source.once('close', resolve));

    await expect(checkDataset(source, csv, { name: 'qa' })).rejects.toThrow('qa:3: "prompt": expected text');
    await closed;

    expect(source.destroyed).toBe(true);
  });

  it('hands a failure of the source on', async () => {
    const source = createReadStream(new URL('./no-such-file.csv', import.meta.url));

    await expect(checkDataset(source, csv, { name: 'qa' })).rejects.toThrow(
      /^qa: cannot be read to its end: ENOENT/,
    );
  });
});

describe('ids that are too many for memory', () => {
  /** Facts, or the error, and the ids that were shown and not forgotten. */
  async function checked(text: string, mostKept: number | null) {
    await using place = await emptyPlace();
    using scratch = new Scratch(place.at('scratch'));
    let shown: string[] = [];
    let readings = 1;
    const again = async () => {
      shown = [];
      readings += 1;
      return Readable.from([text]);
    };
    const facts = await checkDataset(
      Readable.from([text]),
      csv,
      { name: 'qa', skipBadRows: true },
      {
        onRow: ({ id }) => shown.push(id),
        spare: mostKept === null ? undefined : { scratch, again, mostKept },
      },
    ).catch(String);
    return { result: typeof facts === 'string' ? facts : { facts, shown }, readings };
  }

  const table = (rows: readonly string[]) => `id,prompt\n${rows.join('\n')}\n`;
  const own = (count: number) => Array.from({ length: count }, (_, at) => `row-${at},a`);

  it('are told as if all were in memory', async () => {
    const anyRow = fc.oneof(
      { weight: 6, arbitrary: fc.nat({ max: 60 }).map((id) => `row-${id},a`) },
      { weight: 3, arbitrary: fc.nat({ max: 30 }).map((prompt) => `,made ${prompt}`) },
      { weight: 1, arbitrary: fc.constantFrom('bad,', ',', 'line-3,a', 'line-4,a') },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyRow, { minLength: 1, maxLength: 25 }),
        fc.nat({ max: 20 }),
        async (rows, most) => {
          const few = await checked(table(rows), most);
          const all = await checked(table(rows), null);

          expect(few.result).toEqual(all.result);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('are read once where all are different', async () => {
    const { result, readings } = await checked(table([...own(50), ',made', ',other']), 10);

    expect(result).toMatchObject({ facts: { examples: 52, madeIds: 2, numberedIds: 0 } });
    expect(readings).toBe(1);
  });

  it('are refused at the first row that has another’s, with both lines', async () => {
    const rows = [...own(30), 'row-25,a', 'row-20,a'];

    const { result, readings } = await checked(table(rows), 10);

    expect(result).toBe(
      'DatasetError: qa:32: expected an id no other row has, saw "row-25" a second time: line 27 has it already',
    );
    expect(readings).toBe(2);
  });

  it('are numbered where they were made and come twice', async () => {
    const rows = [...own(30), ',made', ',made', ',made'];

    const { result, readings } = await checked(table(rows), 10);

    expect(result).toMatchObject({ facts: { examples: 33, madeIds: 3, numberedIds: 2 } });
    expect(readings).toBe(2);
  });

  it('are kept from the start where some had to be numbered early', async () => {
    const { result, readings } = await checked(table([',made', ',made', ...own(30), ',made']), 10);

    expect(result).toMatchObject({ facts: { madeIds: 3, numberedIds: 2 } });
    expect(readings).toBe(1);
  });
});

describe('the sample datasets', () => {
  const check = (name: string) =>
    checkDataset(createReadStream(new URL(name, samples)), formatOf(name), { name });

  it('are all read without a fault, and told in their README', async () => {
    const names = (await readdir(samples, { withFileTypes: true }))
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.') && entry.name !== 'README.md')
      .map(({ name }) => name);
    const readme = await readFile(new URL('README.md', samples), 'utf8');

    for (const name of names) {
      const { examples } = await check(name);

      expect(readme).toContain(`\`${name}\``);
      expect(examples).toBeGreaterThan(3);
    }
    expect(names).toHaveLength(7);
  });

  it('hold the same in every format', async () => {
    const [first, ...others] = await Promise.all(
      ['questions.tsv', 'questions.json', 'questions.jsonl.gz'].map(check),
    );

    for (const other of others) expect({ ...other, sha256: '' }).toEqual({ ...first, sha256: '' });
  });

  it('hold conversations of both kinds', async () => {
    expect(await check('conversations.jsonl')).toMatchObject({ examples: 4, turns: 10, conversations: 4 });
    expect(await check('threads.csv')).toMatchObject({ examples: 8, turns: 8, conversations: 2 });
  });
});
