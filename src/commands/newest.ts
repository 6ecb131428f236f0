/** Records added up of which some were replaced: no sum forgets a maximum or a sample, so those that count are read again. */

import { createSummary, type SummaryBuilder } from '../reports/summary.ts';
import { type JournalEntry, readJournal } from '../sinks/jsonl.ts';
import type { RecordIndex, RecordKey } from '../sinks/record-index.ts';

/** @param keyOf Where a record stands in the index; null where it does not count. @throws JournalError */
export async function summariseNewest(
  journal: string,
  index: RecordIndex,
  keyOf: (entry: JournalEntry) => RecordKey | null,
): Promise<SummaryBuilder> {
  const newest = createSummary();
  for await (const entry of readJournal(journal, { cutBytes: 0 })) {
    const key = keyOf(entry);
    if (key !== null && index.isNewest(key, entry.offset)) newest.replay(entry.record);
  }
  return newest;
}
