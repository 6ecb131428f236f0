import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CsvParser } from '../../src/readers/csv-parser.ts';
import type { CsvRow } from '../../src/readers/regular-rows.ts';
import { anyCell } from './reading.ts';

/** The rows that a parser gives of these pieces, and what it throws behind them. */
function parsed(
  pieces: readonly string[],
  delimiter = ',',
  longestRow?: number,
): { rows: CsvRow[]; fault: string | null } {
  const parser = new CsvParser(delimiter, 'qa', longestRow);
  const rows: CsvRow[] = [];
  const take = (row: CsvRow) => {
    rows.push(row);
  };
  try {
    for (const piece of pieces) parser.push(piece, take);
    parser.end(take);
  } catch (error) {
    return { rows, fault: String(error) };
  }
  return { rows, fault: null };
}

/** The same text in pieces of these lengths, over and over. A character of two halves stays whole. */
function cut(text: string, lengths: readonly number[]): string[] {
  const characters = [...text];
  const pieces: string[] = [];
  for (let from = 0; from < characters.length; ) {
    const length = lengths[pieces.length % lengths.length] ?? 1;
    pieces.push(characters.slice(from, from + length).join(''));
    from += length;
  }
  return pieces;
}

const lengths = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 });
const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
const writtenRow = fc.record({
  cells: fc.array(anyCell, { minLength: 1, maxLength: 4 }),
  quoted: fc.boolean(),
  end: lineEnd,
  blankBefore: fc.array(fc.tuple(fc.constantFrom('', '', ' ', ' \u00a0 '), lineEnd), { maxLength: 2 }),
});

const csvLike = fc.string({
  unit: fc.constantFrom('a', 'b', ',', '"', '""', '\n', '\r\n', '\r', '","', '"\n"', '\0', ' '),
  maxLength: 30,
});

describe('the CSV parser', () => {
  it('finds the rows that another wrote, with their lines, whatever ends them and however the text is cut', () => {
    fc.assert(
      fc.property(
        fc.array(writtenRow, { maxLength: 6 }),
        fc.constantFrom(',', ';', '\t'),
        lengths,
        (given, delimiter, pieces) => {
          let text = '';
          const expected = given.map(({ cells, quoted, end, blankBefore }) => {
            text += blankBefore.flat().join('');
            const line = linesIn(text);
            text += stringify([cells], {
              delimiter,
              quoted,
              quoted_match: /[\r\n]|^\s*$/,
              record_delimiter: end,
            });
            return { line, cells, holdsNul: false };
          });

          expect(parsed(cut(text, pieces), delimiter)).toEqual({ rows: expected, fault: null });
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('finds the same rows and faults in whatever pieces the text comes', () => {
    fc.assert(
      fc.property(csvLike, lengths, (text, pieces) => {
        expect(parsed(cut(text, pieces))).toEqual(parsed([text]));
      }),
      { numRuns: 1_000 },
    );
  });

  it('finds what csv-parse finds, which is what it leaves odd quotes to', () => {
    const options = { relax_column_count: true, record_delimiter: ['\r\n', '\n', '\r'] };
    fc.assert(
      fc.property(csvLike, (text) => {
        const theirs: string[][] = [];
        let isFaulty = false;
        try {
          parse(text, { ...options, on_record: (row: string[]) => void theirs.push(row) });
        } catch {
          isFaulty = true;
        }

        const { rows, fault } = parsed([text]);

        const isBlank = ({ length, 0: cell }: readonly string[]) => length === 1 && cell?.trim() === '';
        const filled = (found: readonly (readonly string[])[]) => found.filter((row) => !isBlank(row));
        expect(filled(rows.map(({ cells }) => cells))).toEqual(filled(theirs));
        expect(fault !== null).toBe(isFaulty);
      }),
      { numRuns: 2_000 },
    );
  });

  it('gives every row before a fault of the same piece', () => {
    const text = `${'a,b\n'.repeat(1_000)}x"y,z\n${'c,d\n'.repeat(1_000)}`;

    const { rows, fault } = parsed([text]);

    expect(rows).toHaveLength(1_000);
    expect(fault).toContain('qa:1001: expected a quote to open or close a whole cell');
  });

  it('takes quotes around nothing for a row, and a line of blanks for none', () => {
    expect(parsed(['""\n\n  \n" "\n']).rows).toEqual([
      { line: 1, cells: [''], holdsNul: false },
      { line: 4, cells: [' '], holdsNul: false },
    ]);
  });

  it('keeps NUL, and says so', () => {
    expect(parsed(['a\0,b\n"c",d\n']).rows).toEqual([
      { line: 1, cells: ['a\0', 'b'], holdsNul: true },
      { line: 2, cells: ['c', 'd'], holdsNul: false },
    ]);
  });
});

describe('a quote behind which rows cannot be told apart', () => {
  it.each([
    [
      'a,b\n\n"c\r\nd",e"f\n',
      'qa:3: expected a quote to open or close a whole cell, saw one amid its text in line 4:',
    ],
    ['\n a\n"b" c\n', 'qa:3: expected a quote to open or close a whole cell, saw one amid its text: put'],
    [
      '\r\n\r\n"b\n"c',
      'qa:3: expected a quote to open or close a whole cell, saw one amid its text in line 4:',
    ],
    ['a,"b\nc"\n"d","e\n""f"\n,"g\n', 'qa:5: the quote opened in this line is never closed: put'],
    ['"a\nb","","c ""\n""d', 'qa:2: the quote opened in this line is never closed: put'],
    ['"', 'qa:1: the quote opened in this line is never closed: put'],
    ['a\0"b"', 'qa:1: expected text, saw a NUL character'],
  ])('is a fault of the file at its line: %j', (text, fault) => {
    expect(parsed([text]).fault).toContain(`DatasetError: ${fault}`);
    expect(parsed([...text]).fault).toContain(`DatasetError: ${fault}`);
  });
});

it('a row of more than the most bytes is a fault of the file', () => {
  const pieces = ['a\n"b",', ...Array<string>(33).fill('x'.repeat(32 * 1024))];

  expect(parsed(pieces, ',', 1024 * 1024)).toEqual({
    rows: [{ line: 1, cells: ['a'], holdsNul: false }],
    fault: 'DatasetError: qa:2: expected a row of at most 1 million bytes, saw a longer one',
  });
});

/** In which line a text that goes on behind this would stand. */
const linesIn = (text: string) => 1 + (text.match(/\r\n|\r|\n/g)?.length ?? 0);
