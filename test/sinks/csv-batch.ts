import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { parse } from 'csv-parse/sync';
import type { ReadOptions } from '../../src/contracts.ts';
import { checkDataset } from '../../src/readers/check.ts';
import { formatOf, openDataset } from '../../src/readers/index.ts';
import { type CsvOptions, writeCsvFiles } from '../../src/sinks/csv.ts';
import { openJournal } from '../../src/sinks/jsonl.ts';
import { RecordIndex } from '../../src/sinks/record-index.ts';
import type { BadRow, Example, JobRecord } from '../../src/types.ts';
import { madeRecord } from '../reports/made-records.ts';
import { emptyPlace, type Place } from './place.ts';

export interface CsvBatch extends Place {
  text(name: string): Promise<string>;
  /** A file's rows, the header first, as an independent reader finds them. */
  rows(name: string): Promise<string[][]>;
  /** A file's rows by column. */
  byColumn(name: string): Promise<Record<string, string>[]>;
  /** A file read as a dataset again. */
  dataset(name: string): Promise<(Example | BadRow)[]>;
}

/** What is recorded of a row, in order of completion. */
export type RecordsOf = (row: Example | BadRow) => Partial<JobRecord>[];

export interface CsvBatchOptions extends Partial<CsvOptions> {
  /** Of the file that `dataset` is; default `qa.csv`. */
  readonly name?: string;
  readonly read?: Partial<ReadOptions>;
}

/** A batch directory with the CSV files of this dataset and these records; gone at the end. */
export async function csvBatch(
  dataset: string,
  recordsOf: RecordsOf,
  { name = 'qa.csv', read = {}, ...options }: CsvBatchOptions = {},
): Promise<CsvBatch> {
  const place = await emptyPlace();
  const format = formatOf(name);
  const readOptions = { name, ...read };
  const open = () => openDataset(Readable.from([Buffer.from(dataset)]), format, readOptions);
  const bytes = Readable.from([Buffer.from(dataset)]);
  const { columns, roles, madeIds } = await checkDataset(bytes, format, readOptions);
  const index = new RecordIndex();
  const journal = place.at('results.jsonl');
  const sink = await openJournal(journal, index);
  for await (const row of open()) {
    const { id, index: at } = row;
    await Promise.all(recordsOf(row).map((fields) => sink.write(madeRecord({ id, index: at, ...fields }))));
  }
  await sink.close();

  await writeCsvFiles(
    {
      examples: open,
      columns,
      roles,
      madeIds,
      journal,
      scores: place.at('scores.jsonl'),
      scorers: [],
      index,
    },
    { directory: place.path, guard: 'agent', bom: false, ...options },
  );

  const text = (file: string) => readFile(place.at(file), 'utf8');
  return {
    ...place,
    text,
    rows: async (file) => parse(await text(file), { bom: true }) as string[][],
    byColumn: async (file) =>
      parse(await text(file), { bom: true, columns: true }) as Record<string, string>[],
    dataset: async (file) => {
      const rows: (Example | BadRow)[] = [];
      for await (const row of openDataset(Readable.from([await readFile(place.at(file))]), formatOf(file), {
        name: file,
      }))
        rows.push(row);
      return rows;
    },
    at: (file) => place.at(file),
  };
}
