/** The records of a batch that count. */

import type { BatchFiles } from '../results/files.ts';
import { visitJournal } from '../sinks/visit.ts';
import type { JobRecord } from '../types.ts';

/** In journal order. @throws JournalError */
export async function* newestRecords({ journal }: BatchFiles): AsyncGenerator<JobRecord> {
  const newest = new Map<string, JobRecord>();
  await visitJournal(
    { journal, digest: null },
    {
      plain: () => false,
      whole: (record) => {
        const key = JSON.stringify([record.id, record.trial, record.turn]);
        if (record.revision >= (newest.get(key)?.revision ?? 0)) newest.set(key, record);
      },
    },
  );
  yield* newest.values();
}
