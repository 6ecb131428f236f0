import { stringify } from 'csv-stringify/sync';
import { readers } from '../../src/readers/index.ts';
import { describeReader } from '../contracts/reader.ts';

type Rows = readonly Record<string, string>[];

const asCsv = (delimiter: string) => (rows: Rows) =>
  stringify([...rows], { header: true, delimiter, quoted_match: /[\r\n]|^\s*$/ });

describeReader('csv', { reader: readers.csv, write: asCsv(',') });
describeReader('csv with semicolons', { reader: readers.csv, write: asCsv(';') });
describeReader('tsv', { reader: readers.tsv, write: asCsv('\t') });
describeReader('jsonl', {
  reader: readers.jsonl,
  write: (rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
});
describeReader('json', { reader: readers.json, write: (rows) => JSON.stringify(rows, null, 1) });
