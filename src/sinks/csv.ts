/** The CSV files of a batch, made from its dataset and its journal: each in dataset order, each replaced as a whole. */

import { type FileHandle, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { SinkError } from '../errors.ts';
import type { BadRow, ColumnRoles, Example, JobRecord } from '../types.ts';
import {
  type DatasetColumns,
  type Guard,
  interruptedHeader,
  interruptedRows,
  rerunTable,
  resultTable,
  uncertainHeader,
  uncertainRow,
} from './columns.ts';
import { openJournalReader } from './journal-reader.ts';
import type { RecordIndex } from './record-index.ts';

export interface CsvSources {
  /** The chosen examples, in dataset order. */
  readonly examples: AsyncIterable<Example | BadRow>;
  readonly columns: readonly string[];
  readonly roles: ColumnRoles;
  readonly journal: string;
  readonly index: RecordIndex;
}

export interface CsvOptions {
  readonly directory: string;
  readonly guard: Guard;
  /** A byte order mark, as spreadsheets want it. */
  readonly bom: boolean;
}

/**
 * Writes `results.csv`, `errors.csv`, `uncertain.csv` and `interrupted.csv`; of what is recorded alone.
 * Holds one example's records at a time, and those of conversations by thread column that are not whole yet.
 * @throws SinkError
 */
export async function writeCsvFiles(sources: CsvSources, options: CsvOptions): Promise<void> {
  const { roles, columns } = sources;
  const dataset: DatasetColumns = { names: columns, id: roles.id };
  const results = resultTable(dataset, options.guard);
  const files = {
    results: await openCsv(options, 'results.csv', results.header),
    errors: new LateCsv(options, 'errors.csv'),
    uncertain: await openCsv(options, 'uncertain.csv', uncertainHeader),
    interrupted: await openCsv(options, 'interrupted.csv', interruptedHeader),
  };
  await using journal = await openJournalReader(sources.journal);

  for await (const source of sources.examples) {
    const records: JobRecord[] = [];
    for (const offset of sources.index.offsetsOf(source.index)) records.push(await journal.at(offset));
    for (const record of records) {
      await files.results.write(results.row(source, record));
      if (record.outcome === 'error' && record.failure?.uncertain)
        await files.uncertain.write(uncertainRow(record, options.guard));
      if (record.outcome === 'interrupted') {
        for (const row of interruptedRows(record, options.guard)) await files.interrupted.write(row);
      }
    }
    if (canRunAgain(records)) {
      const table = rerunTable(dataset, roles.input, 'problem' in source ? null : inputName(source));
      await files.errors.write(table.header, table.row(source));
    }
  }
  await files.errors.end(rerunTable(dataset, roles.input, null).header);
  for (const file of [files.results, files.uncertain, files.interrupted]) await file.end();
}

/** Failures whose end is known; a conversation only where none of its turns ran. */
function canRunAgain(records: readonly JobRecord[]): boolean {
  const failed = records.filter(
    ({ outcome, failure }) => outcome === 'error' && failure?.uncertain === false,
  );
  if (failed.length === 0) return false;
  const isConversation = records.some(({ turn }) => turn !== null);
  return (
    !isConversation ||
    records.every(({ outcome, failure }) => outcome === 'skipped' || failure?.may_have_run === false)
  );
}

function inputName({ input, turns }: Example): 'inputs' | 'messages' | null {
  if (turns !== undefined || typeof input === 'string') return null;
  return Array.isArray(input) ? 'messages' : 'inputs';
}

interface CsvFile {
  write(row: readonly string[]): Promise<void>;
  /** Puts the file in its place. */
  end(): Promise<void>;
}

const rowsAtOnce = 200;

async function openCsv(
  { directory, bom }: CsvOptions,
  name: string,
  header: readonly string[],
): Promise<CsvFile> {
  const path = join(directory, name);
  const file: FileHandle = await open(`${path}.new`, 'w', 0o600).catch((error: unknown) => {
    throw unwritable(path, error);
  });
  let rows: (readonly string[])[] = [header];
  const flush = async () => {
    // A lone CR would end the row for most readers.
    const text = stringify(rows as string[][], { quoted_match: /[\r\n]/ });
    rows = [];
    await file.appendFile(text).catch((error: unknown) => {
      throw unwritable(path, error);
    });
  };
  if (bom) await file.appendFile('\ufeff');
  return {
    write: async (row) => {
      rows.push(row);
      if (rows.length >= rowsAtOnce) await flush();
    },
    end: async () => {
      if (rows.length > 0) await flush();
      await file.sync();
      await file.close();
      await rename(`${path}.new`, path);
    },
  };
}

/** A file whose header is known with its first row. */
class LateCsv {
  private file: CsvFile | null = null;
  private readonly options: CsvOptions;
  private readonly name: string;

  constructor(options: CsvOptions, name: string) {
    this.options = options;
    this.name = name;
  }

  async write(header: readonly string[], row: readonly string[]): Promise<void> {
    this.file ??= await openCsv(this.options, this.name, header);
    await this.file.write(row);
  }

  async end(header: readonly string[]): Promise<void> {
    this.file ??= await openCsv(this.options, this.name, header);
    await this.file.end();
  }
}

const unwritable = (path: string, error: unknown) =>
  new SinkError(`${path}: cannot be written (${error instanceof Error ? error.message : String(error)})`, {
    cause: error,
  });
