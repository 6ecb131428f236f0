import { stringify } from 'csv-stringify/sync';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CsvText } from '../../src/sinks/csv-text.ts';

const piece = fc.constantFrom('', ' ', ',', '"', ';', '\t', '\r', '\n', '\0', '\ufeff', "'", 'a', 'ü', '🎉');
const cell = fc.oneof(
  fc.string(),
  fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('')),
);
const row = fc.array(cell, { minLength: 1, maxLength: 5 });

describe('the text of CSV rows', () => {
  it('is what csv-stringify makes of them, whatever they hold', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 8 }), (rows) => {
        const text = new CsvText();
        for (const cells of rows) text.add(cells);

        expect(text.take()).toBe(stringify(rows, { quoted_match: /[;\t]/ }));
      }),
    );
  });

  it('is taken once', () => {
    const text = new CsvText();
    text.add(['a,b', 'c']);
    text.take();
    text.add(['d', 'e']);

    expect(text.take()).toBe('d,e\n');
    expect(text.length).toBe(0);
  });
});
