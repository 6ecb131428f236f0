import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { CsvSplitter } from '../../src/readers/csv-splitter.ts';

const csvLike = fc.string({
  unit: fc.constantFrom('a', 'b', ',', '"', '""', '\n', '\r\n', '\r', '","'),
  maxLength: 30,
});

/** The cells of all rows, or null where a quote is misplaced. */
function split(pieces: readonly string[]): readonly (readonly string[])[] | null {
  const splitter = new CsvSplitter(',', 'qa');
  try {
    const rows = [...pieces.flatMap((piece) => [...splitter.push(piece)]), ...splitter.end()];
    return rows.some(({ problem }) => problem !== null) ? null : rows.map(({ cells }) => cells);
  } catch {
    return null;
  }
}

function splitByCsvParse(text: string): readonly (readonly string[])[] | null {
  try {
    return parse(text, {
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
    });
  } catch {
    return null;
  }
}

it('the CSV splitter finds the rows that csv-parse finds, and refuses what it refuses', () => {
  fc.assert(
    fc.property(csvLike, (text) => {
      expect(split([text])).toEqual(splitByCsvParse(text));
    }),
    { numRuns: 3_000 },
  );
});

it('the CSV splitter gives the same rows in whatever pieces the text comes', () => {
  fc.assert(
    fc.property(csvLike, (text) => {
      expect(split([...text])).toEqual(split([text]));
    }),
    { numRuns: 2_000 },
  );
});
