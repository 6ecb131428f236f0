import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { openCsv } from '../../src/sinks/csv-file.ts';
import { emptyPlace } from './place.ts';

/** What LibreOffice proposes to take for the end of a cell. */
const delimiter = [',', ';', '\t'];

describe('a CSV file', () => {
  it('has the same cells for who takes semicolons and tabs for separators too, and so no formula of their making', async () => {
    await using place = await emptyPlace();
    const header = ['id', 'a;=1', "'\t=1"];
    const rows = [
      ['r1', 'x;=1+1', 'x\t=1+1'],
      [';=1', "'\t=1+1", 'x\r=1+1'],
      ['"', 'x\n=1;\n', ';'],
    ];
    const path = place.at('results.csv');
    await using file = await openCsv(path, header, { bom: false });
    for (const row of rows) file.add(row);
    await file.end();

    const text = await readFile(path, 'utf8');

    expect(parse(text)).toEqual([header, ...rows]);
    expect(parse(text, { delimiter })).toEqual([header, ...rows]);
  });
});
