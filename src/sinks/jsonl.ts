/** The journal, `results.jsonl`: one record a line, appended durably in order of completion; the source of truth. */

import { access } from 'node:fs/promises';
import type { Sink } from '../contracts.ts';
import type { JobRecord } from '../types.ts';
import { openAppender } from './append.ts';
import { type LinesRead, readLines, sealedLine } from './lines.ts';
import type { RecordIndex } from './record-index.ts';

/** Opens the journal to append to; each record is told to `index` once it is durable. */
export async function openJournal(path: string, index: RecordIndex): Promise<Sink> {
  const file = await openAppender(path);
  return {
    write: async (record) => {
      index.add(
        { index: record.index, trial: record.trial, turn: record.turn ?? 1 },
        record.outcome,
        await file.append(sealedLine(record)),
      );
    },
    close: () => file.close(),
  };
}

/**
 * Yields the journal's records in order, with their offsets; nothing where there is no journal yet.
 * @throws JournalError
 */
export async function* readJournal(
  path: string,
  read: LinesRead,
): AsyncGenerator<{ record: JobRecord; offset: number }> {
  if (!(await exists(path))) return;
  for await (const lines of readLines(path, read)) {
    for (const { value, offset } of lines) yield { record: value as JobRecord, offset };
  }
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
