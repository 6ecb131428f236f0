/** The journal, `results.jsonl`: one record a line, appended durably in order of completion; the source of truth. */

import type { Sink } from '../contracts.ts';
import type { JobRecord } from '../types.ts';
import { type AppenderOptions, openAppender } from './append.ts';
import type { DigestWriter } from './digest-writer.ts';
import { type LinesRead, readLines, sealedLine } from './lines.ts';
import { keyOf, type RecordIndex } from './record-index.ts';

export interface JournalOptions extends AppenderOptions {
  /** Which holds all that the journal does. Default: none is kept. */
  readonly digest?: DigestWriter | undefined;
}

/**
 * Opens the journal to append to; each record is told to `index`, and to the digest, once it is durable.
 * @throws SinkError, JournalError
 */
export async function openJournal(
  path: string,
  index: RecordIndex,
  options: JournalOptions = {},
): Promise<Sink> {
  const { digest } = options;
  const file = await openAppender(path, options);
  return {
    write: (record) => {
      const line = sealedLine(record);
      return file.append(line).then((offset) => {
        index.add(keyOf(record), record.outcome, offset);
        digest?.add(record, line, offset);
      });
    },
    close: async () => {
      await file.close();
      await digest?.settle();
    },
  };
}

export interface JournalEntry {
  readonly record: JobRecord;
  readonly offset: number;
}

/**
 * Yields the journal's records in order, with their offsets; nothing where there is no journal yet.
 * @throws JournalError
 */
export async function* readJournal(path: string, read: LinesRead): AsyncGenerator<JournalEntry> {
  for await (const lines of readLines(path, read)) {
    for (const { value, offset } of lines) yield { record: value as JobRecord, offset };
  }
}
