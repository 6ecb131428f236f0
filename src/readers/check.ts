import type { Readable } from 'node:stream';
import type { ReadOptions } from '../contracts.ts';
import { DatasetError } from '../errors.ts';
import type { BadRow, ColumnRoles, DatasetFacts, Example } from '../types.ts';
import { hashed } from './bytes.ts';
import { CountedIds, DistinctTexts } from './ids.ts';
import { type Format, openDataset } from './index.ts';

/** What the check tells while it reads. */
export interface CheckWatch {
  /** Bytes read so far, some 64 kB apart. */
  readonly onProgress?: ((bytesRead: number) => void) | undefined;
  /** Each row, in file order, and what its columns are read as. */
  readonly onRow?: ((row: Example | BadRow, roles: ColumnRoles) => void) | undefined;
}

/**
 * Reads a whole dataset once, so that whatever is wrong with it is known before the first request.
 *
 * @param source The bytes as they lie on disk.
 * @throws DatasetError As reading does.
 */
export async function checkDataset(
  source: Readable,
  format: Format,
  options: ReadOptions,
  watch: CheckWatch = {},
): Promise<DatasetFacts> {
  const seen = hashed(source, watch.onProgress ?? (() => {}));
  const ids = new CountedIds(options.name);
  const dataset = openDataset(seen.bytes, format, { ...options, ids });
  const threads = new DistinctTexts();
  let [examples, badRows, turns, wholeConversations] = [0, 0, 0, 0];
  for await (const rows of dataset.batches()) {
    for (const row of rows) {
      examples++;
      watch.onRow?.(row, dataset.roles);
      if ('problem' in row) {
        badRows++;
        turns++;
        continue;
      }
      turns += row.turns?.length ?? 1;
      if (row.turns !== undefined) wholeConversations++;
      if (row.thread !== undefined) threads.meet(row.thread, 0);
    }
  }
  return {
    sha256: await seen.sha256.catch((cause: unknown) => {
      const expected = 'expected the gzip data to fill the file, saw more behind its end: compress it again';
      throw new DatasetError(options.name, expected, { cause });
    }),
    examples,
    badRows,
    numberedIds: ids.numbered,
    madeIds: ids.made,
    turns,
    conversations: threads.size + wholeConversations,
    columns: [...dataset.columns],
    roles: dataset.roles,
  };
}
