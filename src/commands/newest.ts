/** Records added up of which some were replaced: no sum forgets a maximum or a sample, so those that count are read again. */

import { createSummary, type SummaryBuilder } from '../reports/summary.ts';
import type { Digested } from '../sinks/digest.ts';
import type { RecordIndex, RecordKey } from '../sinks/record-index.ts';
import { type JournalFiles, visitJournal } from '../sinks/visit.ts';
import type { JobRecord } from '../types.ts';

/** @param keyOf Where a record stands in the index; null where it does not count. @throws JournalError */
export async function summariseNewest(
  files: JournalFiles,
  index: RecordIndex,
  keyOf: (record: JobRecord | Digested) => RecordKey | null,
): Promise<SummaryBuilder> {
  const newest = createSummary();
  await visitJournal(files, {
    plain: (entry) => {
      if (!newest.isSampled) return false;
      const key = keyOf(entry);
      if (key !== null && index.isNewest(key, entry.offset)) newest.replayFigures(entry);
      return true;
    },
    whole: (record, offset) => {
      const key = keyOf(record);
      if (key !== null && index.isNewest(key, offset)) newest.replay(record);
    },
  });
  return newest;
}
