/** The records of a batch that count, each with its newest scores. */

import { JournalError } from '../errors.ts';
import type { BatchFiles } from '../results/files.ts';
import { readManifest } from '../results/manifest.ts';
import { keyOf, RecordIndex } from '../sinks/record-index.ts';
import { openScoredJournal } from '../sinks/scored-journal.ts';
import { visitJournal } from '../sinks/visit.ts';
import type { JobRecord } from '../types.ts';
import { placesById } from './recorded-dataset.ts';

/** In dataset order, then by trial and turn; one example's records in memory, and 12 bytes for each. @throws JournalError, ConfigError */
export async function* newestRecords(files: BatchFiles): AsyncGenerator<JobRecord> {
  for await (const records of newestByExample(files)) yield* records;
}

/** An example's records at a time, in dataset order. @throws JournalError, ConfigError */
export async function* newestByExample(files: BatchFiles): AsyncGenerator<readonly JobRecord[]> {
  const index = await indexOf(files);
  await using journal = await openScoredJournal(files);
  for (let at = 0; at < index.examples; at += 1) {
    const records: JobRecord[] = [];
    for (const offset of index.offsetsOf(at))
      records.push(journal.atHand(offset) ?? (await journal.at(offset)));
    if (records.length > 0) yield records;
  }
}

async function indexOf(files: BatchFiles): Promise<RecordIndex> {
  const manifest = await readManifest(files.manifest);
  if (manifest === null) throw new JournalError(`${files.manifest}: is not there`);
  const isMoved = manifest.dataset.moved === true;
  const placeOf = isMoved ? await placesById(manifest, null) : keyOf;
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
