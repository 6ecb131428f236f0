import { stringify } from 'csv-stringify/sync';
import { csv, tsv } from '../../src/readers/csv.ts';
import { json } from '../../src/readers/json.ts';
import { jsonl } from '../../src/readers/jsonl.ts';
import { describeReader, type ReaderUnderTest } from '../contracts/reader.ts';

const csvLike = (delimiter: string): Omit<ReaderUnderTest, 'reader'> => ({
  write: (rows) => stringify([...rows], { header: true, delimiter, quoted_match: /[\r\n]|^\s*$/ }),
  firstLine: 2,
  cellsOf: (row) => Object.values(row),
  endless: 'prompt\n"',
});

const jsonLike = { firstLine: 1, cellsOf: (row: Record<string, string>) => row };

describeReader('csv', { reader: csv, ...csvLike(',') });
describeReader('csv with semicolons', { reader: csv, ...csvLike(';') });
describeReader('tsv', { reader: tsv, ...csvLike('\t') });
describeReader('jsonl', {
  reader: jsonl,
  write: (rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
  endless: '{"prompt":"',
  ...jsonLike,
});
describeReader('json', {
  reader: json,
  write: (rows) => `[${rows.map((row) => JSON.stringify(row)).join(',\n')}]`,
  endless: '[{"prompt":"',
  ...jsonLike,
});
