/** The records of a batch that count, each with its newest scores. */

import { JournalError } from '../errors.ts';
import type { BatchFiles } from '../results/files.ts';
import { readManifest } from '../results/manifest.ts';
import { openExampleRecords } from '../sinks/example-records.ts';
import { keyOf, RecordIndex } from '../sinks/record-index.ts';
import { visitJournal } from '../sinks/visit.ts';
import type { JobRecord } from '../types.ts';
import type { KnownBatch } from './batch-config.ts';
import { placesById } from './recorded-dataset.ts';

/** In dataset order, then by trial and turn; one example's records in memory, and 12 bytes for each. @throws JournalError, ConfigError */
export async function* newestRecords(files: BatchFiles): AsyncGenerator<JobRecord> {
  for await (const records of newestByExample(files)) yield* records;
}

/** An example's records at a time, in dataset order. @throws JournalError, ConfigError */
export async function* newestByExample(files: BatchFiles): AsyncGenerator<readonly JobRecord[]> {
  const manifest = await readManifest(files.manifest);
  if (manifest === null) throw new JournalError(`${files.manifest}: is not there`);
  const index = await indexOf({ files, manifest }, null);
  await using records = await openExampleRecords(files, index);
  for (let at = 0; at < index.examples; at += 1) {
    const those = await records.of(at);
    if (those.length > 0) yield those;
  }
}

/**
 * Where the records of each example lie.
 * @param rows Of the dataset as it is now, where rows were moved since they were recorded; null: in order of first appearance.
 * @throws JournalError
 */
export async function indexOf(
  { manifest, files }: KnownBatch,
  rows: Parameters<typeof placesById>[1],
): Promise<RecordIndex> {
  const isMoved = manifest.dataset.moved === true;
  const placeOf = isMoved ? await placesById(manifest, rows) : keyOf;
  const index = new RecordIndex();
  await visitJournal(isMoved ? { ...files, digest: null } : files, {
    plain: (entry) => {
      index.add(placeOf(entry), entry.outcome, entry.offset);
      return true;
    },
    whole: (record, offset) => index.add(placeOf(record), record.outcome, offset),
  });
  return index;
}
