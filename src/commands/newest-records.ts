/** The records of a batch that count. */

import { JournalError } from '../errors.ts';
import type { BatchFiles } from '../results/files.ts';
import { readManifest } from '../results/manifest.ts';
import { openJournalReader } from '../sinks/journal-reader.ts';
import { keyOf, RecordIndex } from '../sinks/record-index.ts';
import { visitJournal } from '../sinks/visit.ts';
import type { JobRecord } from '../types.ts';
import { placesById } from './recorded-dataset.ts';

/** In dataset order, then by trial and turn. @throws JournalError, ConfigError */
export async function* newestRecords(files: BatchFiles): AsyncGenerator<JobRecord> {
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
  await using journal = openJournalReader(files.journal);
  for (let at = 0; at < 2 * manifest.dataset.examples; at += 1) {
    for (const offset of index.offsetsOf(at)) yield journal.atHand(offset) ?? (await journal.at(offset));
  }
}
