/** The records of a batch that count, an example's at a time. */

import type { JobRecord } from '../types.ts';
import type { RecordIndex } from './record-index.ts';
import { openScoredJournal, type ScoredFiles, type ScoredJournal } from './scored-journal.ts';

export interface ExampleRecords {
  /** Of one example, in order of trial and turn. A promise only where they are waited for: most are not. @throws JournalError */
  of(index: number): readonly JobRecord[] | Promise<readonly JobRecord[]>;
}

export interface OpenRecords extends ExampleRecords, AsyncDisposable {
  readonly scoring: ScoredJournal['scoring'];
}

/** Each with its newest scores. @throws JournalError */
export async function openExampleRecords(files: ScoredFiles, index: RecordIndex): Promise<OpenRecords> {
  const journal = await openScoredJournal(files);
  return {
    scoring: journal.scoring,
    of: (at) => recordsOf(index.offsetsOf(at), journal),
    [Symbol.asyncDispose]: () => journal[Symbol.asyncDispose](),
  };
}

function recordsOf(
  offsets: readonly number[],
  journal: ScoredJournal,
): readonly JobRecord[] | Promise<readonly JobRecord[]> {
  const records: JobRecord[] = [];
  for (const offset of offsets) {
    const record = journal.atHand(offset);
    if (record === null) return withRest(records, offsets, journal);
    records.push(record);
  }
  return records;
}

async function withRest(
  records: JobRecord[],
  offsets: readonly number[],
  journal: ScoredJournal,
): Promise<readonly JobRecord[]> {
  for (const offset of offsets.slice(records.length)) records.push(await journal.at(offset));
  return records;
}
