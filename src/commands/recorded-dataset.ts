/** The dataset of a batch, to make its CSV files again: the file where it is as it was, else what the journal kept. */

import { stat } from 'node:fs/promises';
import { rememberedConfig } from '../config.ts';
import type { BatchFiles } from '../results/files.ts';
import type { Manifest } from '../results/manifest.ts';
import type { CsvSources } from '../sinks/csv.ts';
import type { Digested } from '../sinks/digest.ts';
import { openJournalReader } from '../sinks/journal-reader.ts';
import { keyOf, type RecordIndex, type RecordKey } from '../sinks/record-index.ts';
import type { ColumnRoles, Example, JobRecord, JsonObject } from '../types.ts';
import { type Dataset, loadDataset } from './dataset.ts';

type Rows = Pick<CsvSources, 'examples' | 'columns' | 'roles' | 'madeIds'>;

/** The dataset's rows; null where the file is gone or was changed since. */
export async function recordedRows(manifest: Manifest, files: BatchFiles): Promise<Rows | null> {
  const { path, sha256 } = manifest.dataset;
  const file = path === '-' ? files.dataset : path;
  const isThere = await stat(file).then(
    (facts) => facts.isFile(),
    () => false,
  );
  if (!isThere) return null;
  const config = rememberedConfig(manifest.settings);
  const dataset: Dataset = await loadDataset(file, path === '-' ? '-' : file, config, {
    known: manifest.dataset,
  });
  if (dataset.facts.sha256 !== sha256) return null;
  const { columns, roles, madeIds } = dataset.facts;
  return { examples: dataset.examples, columns, roles, madeIds };
}

/**
 * Where records stand, though they say otherwise since rows were moved: in these rows by their ids; without any, and
 * of those that are not among them, in order of first appearance.
 */
export async function placesById(
  { dataset }: Manifest,
  rows: Rows | null,
): Promise<(record: JobRecord | Digested) => RecordKey> {
  const places = new Map<string, number>();
  for await (const { id, index } of rows?.examples() ?? []) places.set(id, index);
  let free = rows === null ? 0 : dataset.examples;
  return (record) => {
    if (!('id' in record)) throw new Error('Expected a record that tells its id');
    const index = places.get(record.id) ?? free++;
    places.set(record.id, index);
    return { ...keyOf(record), index };
  };
}

/** Id, input, expectation and metadata of each record, as columns: the dataset's own order and quoting are lost. */
export async function journalRows(manifest: Manifest, files: BatchFiles, index: RecordIndex): Promise<Rows> {
  const { input, expected } = manifest.dataset.roles;
  const names = new Set(['id', input ?? 'input', expected ?? 'expected']);
  const roles: ColumnRoles = { ...manifest.dataset.roles, id: 'id', input: input ?? 'input' };
  const rows = async function* (): AsyncGenerator<Example> {
    await using journal = await openJournalReader(files.journal);
    for (let at = 0; at < manifest.dataset.examples; at += 1) {
      const [offset] = index.offsetsOf(at);
      if (offset === undefined) continue;
      const record = await journal.at(offset);
      const cells: JsonObject = { ...record.metadata, id: record.id, [input ?? 'input']: record.input };
      if (record.expected !== null) cells[expected ?? 'expected'] = record.expected;
      yield {
        id: record.id,
        index: at,
        input: typeof record.input === 'string' ? record.input : {},
        expected: record.expected,
        metadata: record.metadata,
        cells,
      };
    }
  };
  for await (const { cells } of rows()) for (const name of Object.keys(cells)) names.add(name);
  return { examples: rows, columns: [...names], roles };
}
