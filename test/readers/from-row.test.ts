import { writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OpenDataset } from '../../src/contracts.ts';
import { openFromRow } from '../../src/readers/from-row.ts';
import { formatOf, openDataset } from '../../src/readers/index.ts';
import type { BadRow, Example } from '../../src/types.ts';
import { emptyPlace } from '../sinks/place.ts';

const options = { name: 'rows' };

async function rowsOf(dataset: OpenDataset | null): Promise<(Example | BadRow)[] | null> {
  if (dataset === null) return null;
  const rows: (Example | BadRow)[] = [];
  for await (const row of dataset) rows.push(row);
  return rows;
}

const anyPrompt = fc.string({
  unit: fc.constantFrom('a', 'ü', '😀', '"', ',', '\n', '\r\n', ' ', '\u00a0x', "'"),
  minLength: 1,
  maxLength: 12,
});

const quoted = (text: string) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

const anyFile = fc
  .record({
    prompts: fc.array(anyPrompt, { minLength: 1, maxLength: 12 }),
    lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
    blank: fc.constantFrom('', ' \n', '\n\n'),
    mark: fc.constantFrom('', '\uFEFF'),
    isClosed: fc.boolean(),
  })
  .map((file) => ({
    ...file,
    prompts: file.prompts.map((prompt, at) => `${at}${prompt}`),
  }));

describe('a dataset entered at a row', () => {
  it('of CSV has the rows from there on', async () => {
    await using place = await emptyPlace();
    const path = place.at('rows.csv');
    await fc.assert(
      fc.asyncProperty(anyFile, async ({ prompts, lineEnd, blank, mark, isClosed }) => {
        const lines = ['id,prompt', ...prompts.map((prompt, at) => `r${at},${quoted(prompt)}`)];
        const text = `${mark}${blank}${lines.join(`${lineEnd}${blank}`)}${isClosed ? lineEnd : ''}`;
        await writeFile(path, text);
        const format = formatOf(path);
        const all = (await rowsOf(openDataset(Readable.from([Buffer.from(text)]), format, options))) ?? [];

        for (const row of all) {
          const rest = await rowsOf(await openFromRow(path, format, options, row.index));

          expect(rest).toEqual(all.slice(row.index));
        }
        expect(await openFromRow(path, format, options, all.length + 1)).toBeNull();
      }),
      { numRuns: 40 },
    );
  });

  it('of JSON lines has the rows from there on', async () => {
    await using place = await emptyPlace();
    const path = place.at('rows.jsonl');
    await fc.assert(
      fc.asyncProperty(anyFile, async ({ prompts, blank, mark, isClosed }) => {
        const lines = prompts.map((prompt, at) => JSON.stringify({ id: `r${at}`, prompt }));
        const text = `${mark}${blank}${lines.join(`\n${blank}`)}${isClosed ? '\n' : ''}`;
        await writeFile(path, text);
        const format = formatOf(path);
        const all = (await rowsOf(openDataset(Readable.from([Buffer.from(text)]), format, options))) ?? [];

        for (const row of all.slice(1)) {
          const rest = await rowsOf(await openFromRow(path, format, options, row.index));

          expect(rest).toEqual(all.slice(row.index));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('is found in a file of several chunks, quoted and not', async () => {
    await using place = await emptyPlace();
    const path = place.at('rows.csv');
    const rows = Array.from({ length: 60_000 }, (_, at) =>
      at > 40_000 && at % 7 === 0
        ? `r${at},"so many, or\nso"\n`
        : `r${at},Where is the order ${at} by now?\n`,
    );
    await writeFile(path, `id,prompt\n${rows.join('')}`);

    for (const row of [1, 30_000, 40_003, 59_999]) {
      const rest = await rowsOf(await openFromRow(path, formatOf(path), options, row));

      expect(rest?.length).toBe(60_000 - row);
      expect(rest?.[0]).toMatchObject({ id: `r${row}`, index: row });
    }
  });

  it.each([
    ['rows.csv.gz', options],
    ['rows.json', options],
    ['rows.csv', { ...options, encoding: 'latin1' }],
  ])('is none of %s with %o', async (name, given) => {
    await using place = await emptyPlace();
    const path = place.at(name);
    await writeFile(path, 'id,prompt\na,b\nc,d\n');

    expect(await openFromRow(path, formatOf(path), given, 1)).toBeNull();
  });

  it('is none of UTF-16 by its mark', async () => {
    await using place = await emptyPlace();
    const path = place.at('rows.csv');
    await writeFile(path, Buffer.from('\uFEFFid,prompt\na,b\nc,d\n', 'utf16le'));

    expect(await openFromRow(path, formatOf(path), options, 1)).toBeNull();
  });
});
