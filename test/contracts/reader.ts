import { Readable } from 'node:stream';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DatasetReader } from '../../src/contracts.ts';
import {
  anyCell,
  anyPrompt,
  bytesIn,
  encodings,
  faultOf,
  idsOf,
  inPieces,
  inputsOf,
  pieceSizes,
  readAll,
} from '../readers/reading.ts';

/** What the suite must know of a format. */
export interface ReaderUnderTest {
  readonly reader: DatasetReader;
  /** Writes rows, all with the same fields, as a file of the format: a line each, as far as their cells allow. */
  write(rows: readonly Record<string, string>[]): string;
  /** The line of the first row. */
  readonly firstLine: number;
  /** What `cells` is of such a row. */
  cellsOf(row: Record<string, string>): readonly string[] | Record<string, string>;
  /** The start of a file and of a row, behind which text can go on for ever. */
  readonly endless: string;
}

/** What every reader owes, whatever its format. */
export function describeReader(name: string, format: ReaderUnderTest): void {
  const { reader, write, firstLine, cellsOf, endless } = format;
  const two = write([
    { id: 'a', prompt: 'first', expected: 'yes', thread: 't', topic: 'x' },
    { id: 'b', prompt: 'second', expected: '', thread: '', topic: '' },
  ]);
  const many = write(
    Array.from({ length: 5_000 }, (_, n) => ({ prompt: `question ${n}`, note: 'x'.repeat(50) })),
  );

  describe(`the ${name} reader`, () => {
    it('gives cells as they are, whatever they hold and however the bytes are cut', async () => {
      const rows = fc.array(fc.record({ prompt: anyPrompt, note: anyCell }), { minLength: 1, maxLength: 5 });
      await fc.assert(
        fc.asyncProperty(rows, fc.constantFrom(...encodings), pieceSizes, async (given, encoding, sizes) => {
          const result = await readAll(reader, inPieces(bytesIn(encoding, write(given)), sizes));

          expect(inputsOf(result)).toEqual(given.map(({ prompt }) => prompt));
          expect(result.examples.map(({ metadata }) => metadata)).toEqual(
            given.map(({ note }) => ({ note })),
          );
        }),
      );
    });

    it('reads columns by their recognised names and keeps the rest as metadata', async () => {
      const { examples } = await readAll(reader, two);

      expect(examples).toMatchObject([
        { id: 'a', index: 0, input: 'first', expected: 'yes', thread: 't', metadata: { topic: 'x' } },
        { id: 'b', index: 1, input: 'second', expected: null, thread: undefined, metadata: { topic: '' } },
      ]);
    });

    it('keeps the cells of the row', async () => {
      const rows = [
        { prompt: 'a', note: ' x ' },
        { prompt: 'b', note: '' },
      ];

      const { examples } = await readAll(reader, write(rows));

      expect(examples.map(({ cells }) => cells)).toEqual(rows.map(cellsOf));
    });

    it('knows its columns and what they are read as from the first example on', async () => {
      const dataset = reader.open(Readable.from([Buffer.from(two)]), { name: 'qa' });

      for await (const _ of dataset) break;

      expect(dataset.columns).toEqual(['id', 'prompt', 'expected', 'thread', 'topic']);
      expect(dataset.roles).toEqual({
        input: 'prompt',
        id: 'id',
        thread: 'thread',
        expected: 'expected',
        expectedTools: null,
        resume: null,
      });
    });

    it('reads the columns that options name, whatever their case', async () => {
      const text = write([{ Ask: 'why?', nr: '7', talk: 'k', Truth: 'because', prompt: 'not this' }]);
      const named = { inputColumn: 'ask', idColumn: 'NR', threadColumn: 'talk', expectedColumn: ' truth' };

      const { examples } = await readAll(reader, text, named);

      expect(examples).toMatchObject([
        { id: '7', input: 'why?', thread: 'k', expected: 'because', metadata: { prompt: 'not this' } },
      ]);
    });

    it('refuses a column that options name and no row has, with the nearest name', async () => {
      const fault = await faultOf(reader, two, { threadColumn: 'topik' });

      expect(fault).toMatch(/^DatasetError: qa(:1)?: /);
      expect(fault).toContain(
        '--thread-column names the column "topik", saw "id", "prompt", "expected", "thread", "topic": did you mean "topic"?',
      );
    });

    it('refuses rows without an input column, with those it saw and the nearest name', async () => {
      const fault = await faultOf(reader, write([{ promt: 'a', topic: 'b' }]));

      expect(fault).toMatch(/^DatasetError: qa:1: /);
      expect(fault).toContain('expected an input column (prompt, input, inputs, question,');
      expect(fault).toContain('saw "promt", "topic": did you mean "prompt" by "promt"?');
    });

    it('builds the prompt from a template', async () => {
      const text = write([{ title: 'Ships', note: '{{title}} $& $1' }]);

      const result = await readAll(reader, text, { template: 'On {{ Title }}: {{note}}' });

      expect(inputsOf(result)).toEqual(['On Ships: {{title}} $& $1']);
      expect(result.examples[0]?.metadata).toEqual({ title: 'Ships', note: '{{title}} $& $1' });
    });

    it('refuses a template that names a column which is not there', async () => {
      const fault = await faultOf(reader, two, { template: '{{topics}}' });

      expect(fault).toMatch(/^DatasetError: qa:1: /);
      expect(fault).toContain(
        '--template names the column "topics", saw "id", "prompt", "expected", "thread", "topic": did you mean "topic"?',
      );
    });

    it('gives the same ids at every reading, made of content and not of place', async () => {
      const rows = [{ prompt: 'one' }, { prompt: 'two' }, { prompt: 'three' }];

      const first = idsOf(await readAll(reader, write(rows)));
      const again = idsOf(await readAll(reader, write(rows)));
      const moved = idsOf(await readAll(reader, write(rows.toReversed())));

      expect(new Set(first).size).toBe(3);
      expect(again).toEqual(first);
      expect(moved).toEqual(first.toReversed());
    });

    it('refuses an id that comes twice, and names both lines', async () => {
      const text = write(['a', 'b', 'a'].map((id) => ({ id, prompt: `ask ${id}` })));

      for (const skipBadRows of [false, true]) {
        expect(await faultOf(reader, text, { skipBadRows })).toBe(
          `DatasetError: qa:${firstLine + 2}: expected an id no other row has, saw "a" a second time: line ${firstLine} has it already`,
        );
      }
    });

    it('throws at the first row that cannot be read, after those before it', async () => {
      const text = write([{ prompt: 'good' }, { prompt: ' ' }, { prompt: 'good too' }]);
      const read: unknown[] = [];

      const reading = (async () => {
        for await (const row of reader.open(Readable.from([Buffer.from(text)]), { name: 'qa' }))
          read.push(row);
      })();

      await expect(reading).rejects.toThrow(/"prompt": expected text.*, saw nothing but blanks$/);
      await expect(reading).rejects.toThrow(`qa:${firstLine + 1}: `);
      expect(read).toHaveLength(1);
    });

    it('gives rows that cannot be read as bad rows where these are skipped', async () => {
      const text = write([{ prompt: 'good' }, { prompt: '' }, { prompt: 'good too' }]);

      const { examples, badRows } = await readAll(reader, text, { skipBadRows: true });

      expect(examples.map(({ index }) => index)).toEqual([0, 2]);
      expect(badRows).toEqual([
        {
          id: `line-${firstLine + 1}`,
          index: 1,
          problem: expect.stringMatching(
            new RegExp(`^qa:${firstLine + 1}: .*"prompt": expected text.*, saw an empty text$`),
          ),
          cells: cellsOf({ prompt: '' }),
        },
      ]);
    });

    it('refuses bytes that are not of the encoding, with line, column and byte', async () => {
      const bytes = Buffer.from(write([{ prompt: 'the café is' }]), 'latin1');
      const line = bytes.subarray(0, bytes.indexOf(0xe9)).toString('latin1').split('\n');

      expect(await faultOf(reader, bytes)).toBe(
        `DatasetError: qa:${line.length}: column ${(line.at(-1)?.length ?? 0) + 1}: byte 0xE9 is not UTF-8: save the file as UTF-8, or say what it is, as --encoding latin1`,
      );
      expect(inputsOf(await readAll(reader, bytes, { encoding: 'latin1' }))).toEqual(['the café is']);
    });

    it('drops a byte order mark', async () => {
      const result = await readAll(reader, `\uFEFF${two}`);

      expect(result.columns[0]).toBe('id');
      expect(idsOf(result)).toEqual(['a', 'b']);
    });

    it('refuses an empty file', async () => {
      expect(await faultOf(reader, '')).toMatch(/^DatasetError: qa: expected .*, saw an empty file$/);
    });

    it('reads a cell of 3 MB', async () => {
      const prompt = 'a "long" story, '.repeat(200_000);

      const result = await readAll(reader, inPieces(Buffer.from(write([{ prompt }])), [65_536]));

      expect(inputsOf(result)[0] === prompt).toBe(true);
    });

    it('refuses a row that never ends before it fills the memory', async () => {
      let megabytes = 0;
      function* pieces() {
        yield Buffer.from(endless);
        for (; ; megabytes++) yield Buffer.alloc(1024 * 1024, 'x');
      }
      const dataset = reader.open(Readable.from(pieces()), { name: 'qa' });

      const reading = dataset[Symbol.asyncIterator]().next();

      await expect(reading).rejects.toThrow(/^qa:[12]: .*32 million (characters|bytes)/);
      expect(megabytes).toBeLessThan(100);
    });

    it('is iterated once', async () => {
      const dataset = reader.open(Readable.from([Buffer.from(two)]), { name: 'qa' });

      for await (const _ of dataset);

      expect(() => dataset[Symbol.asyncIterator]()).toThrow('A dataset is iterated once: open it again.');
    });

    it('hands a failure of the source on, after what was read', async () => {
      const half = Buffer.from(many).subarray(0, many.length / 2);
      async function* breaking() {
        yield half;
        throw new Error('EIO: disk on fire');
      }
      let read = 0;

      const reading = (async () => {
        for await (const _ of reader.open(Readable.from(breaking()), { name: 'qa' })) read++;
      })();

      await expect(reading).rejects.toThrow('qa: cannot be read to its end: EIO: disk on fire');
      expect(read).toBeGreaterThan(2_000);
    });

    it('closes the source when left early, and reads no further than it is asked', async () => {
      const pieces = inPieces(Buffer.from(many), [1_000]);
      let given = 0;
      const source = Readable.from(
        (function* () {
          for (const piece of pieces) {
            given++;
            yield piece;
          }
        })(),
        { highWaterMark: 1 },
      );
      const closed = new Promise((resolve) => source.once('close', resolve));

      for await (const _ of reader.open(source, { name: 'qa' })) break;
      await closed;

      expect(source.destroyed).toBe(true);
      expect(given).toBeLessThan(10);
    });
  });
}
