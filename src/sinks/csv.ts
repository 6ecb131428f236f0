/** The CSV files of a batch, made from its dataset and its journal: each in dataset order, each replaced as a whole. */

import { join } from 'node:path';
import type { Ownership } from '../contracts.ts';
import { syncDirectory, unwritable } from '../durable.ts';
import type { BadRow, ColumnRoles, Example, JobRecord } from '../types.ts';
import { interruptedHeader, interruptedRows, uncertainHeader, uncertainRow } from './attention.ts';
import { type DatasetColumns, type Guard, resultTable } from './columns.ts';
import { openCsv } from './csv-file.ts';
import type { RecordIndex } from './record-index.ts';
import { Rerun } from './rerun.ts';
import { openScoredJournal } from './scored-journal.ts';

export interface CsvSources {
  /** Begins a pass over the chosen examples, in dataset order. */
  readonly examples: () => AsyncIterable<Example | BadRow>;
  readonly columns: readonly string[];
  readonly roles: ColumnRoles;
  readonly madeIds?: number | undefined;
  readonly journal: string;
  /** Later scorings. */
  readonly scores: string;
  /** Those of the batch; another scoring has its own. */
  readonly scorers: readonly string[];
  readonly index: RecordIndex;
  /** Told of each example's records, in dataset order. Default: nobody wants to know. */
  readonly onExample?: ((records: readonly JobRecord[]) => void) | undefined;
}

export interface CsvOptions {
  readonly directory: string;
  readonly guard: Guard;
  /** A byte order mark, as spreadsheets want it. */
  readonly bom: boolean;
  /** Default: nobody else writes there. */
  readonly ownership?: Ownership | undefined;
}

export interface CsvFiles {
  /** In `errors.csv`. */
  readonly rowsToRunAgain: number;
}

/**
 * Writes `results.csv`, `errors.csv`, `uncertain.csv` and `interrupted.csv`, of what is recorded alone.
 * One pass over the dataset, another where something failed; holds one example's records at a time.
 * @throws SinkError, JournalError, DatasetError
 */
export async function writeCsvFiles(sources: CsvSources, options: CsvOptions): Promise<CsvFiles> {
  const { directory } = options;
  const { columns: names, roles, madeIds = 0 } = sources;
  const dataset = { names, id: roles.id, input: roles.input, madeIds };
  const rerun = await writeResults(sources, dataset, options);
  const rowsToRunAgain = await writeErrors(sources, rerun, options);
  await syncDirectory(directory).catch((error: unknown) => {
    throw unwritable(directory, error);
  });
  return { rowsToRunAgain };
}

async function writeResults(
  sources: CsvSources,
  dataset: DatasetColumns,
  options: CsvOptions,
): Promise<Rerun> {
  const { directory, guard } = options;
  await using journal = await openScoredJournal(sources);
  const scorers = journal.scoring?.scorers.map(({ name }) => name) ?? sources.scorers;
  const table = resultTable({ ...dataset, scorers }, guard);
  const rerun = new Rerun(dataset);
  await using results = await openCsv(join(directory, 'results.csv'), table.header, options);
  await using uncertain = await openCsv(join(directory, 'uncertain.csv'), uncertainHeader, options);
  await using interrupted = await openCsv(join(directory, 'interrupted.csv'), interruptedHeader, options);
  const files = [results, uncertain, interrupted];

  for await (const source of sources.examples()) {
    const records: JobRecord[] = [];
    for (const offset of sources.index.offsetsOf(source.index)) {
      records.push(journal.atHand(offset) ?? (await journal.at(offset)));
    }
    rerun.add(source, records);
    sources.onExample?.(records);
    for (const record of records) {
      results.add(table.row(source, record));
      if (record.outcome === 'error' && record.failure?.uncertain) uncertain.add(uncertainRow(record, guard));
      if (record.outcome !== 'interrupted') continue;
      for (const row of interruptedRows(record, guard)) interrupted.add(row);
    }
    // Awaited for each row, they would take as long as all else.
    for (const file of files) if (file.isFull) await file.flush();
  }
  for (const file of files) await file.end();
  return rerun;
}

async function writeErrors(sources: CsvSources, rerun: Rerun, options: CsvOptions): Promise<number> {
  let rows = 0;
  const table = rerun.table();
  await using errors = await openCsv(join(options.directory, 'errors.csv'), table.header, options);
  if (!rerun.isEmpty) {
    for await (const source of sources.examples()) {
      if (!rerun.has(source)) continue;
      errors.add(table.row(source));
      if (errors.isFull) await errors.flush();
      rows += 1;
    }
  }
  await errors.end();
  return rows;
}
