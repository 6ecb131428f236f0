/** The records of a batch that count. */

import { JournalError } from '../errors.ts';
import type { BatchFiles } from '../results/files.ts';
import { readManifest } from '../results/manifest.ts';
import { readJournal } from '../sinks/jsonl.ts';
import { keyOf, RecordIndex } from '../sinks/record-index.ts';
import type { JobRecord } from '../types.ts';
import { placesById } from './recorded-dataset.ts';

/** In journal order, one in memory at a time. @throws JournalError, ConfigError */
export async function* newestRecords(files: BatchFiles): AsyncGenerator<JobRecord> {
  const manifest = await readManifest(files.manifest);
  if (manifest === null) throw new JournalError(`${files.manifest}: is not there`);
  const placeOf = manifest.dataset.moved === true ? await placesById(manifest, null) : keyOf;
  const index = new RecordIndex();
  for await (const { record, offset } of readJournal(files.journal, { cutBytes: 0 }))
    index.add(placeOf(record), record.outcome, offset);
  for await (const { record, offset } of readJournal(files.journal, { cutBytes: 0 }))
    if (index.isNewest(placeOf(record), offset)) yield record;
}
