import type { Readable } from 'node:stream';
import type { ReadOptions } from '../contracts.ts';
import { DatasetError } from '../errors.ts';
import type { Scratch } from '../scratch.ts';
import type { BadRow, ColumnRoles, DatasetFacts, Example } from '../types.ts';
import { hashed } from './bytes.ts';
import { CountedIds, DistinctTexts, type IdOverflow, RefusedIds, type RowsOfOneId } from './ids.ts';
import { type Format, openDataset } from './index.ts';
import { ScatteredKeys } from './scattered-keys.ts';

/** What the check tells while it reads. */
export interface CheckWatch {
  /** Bytes read so far, some 64 kB apart. */
  readonly onProgress?: ((bytesRead: number) => void) | undefined;
  /** Each row, in file order, and what its columns are read as. */
  readonly onRow?: ((row: Example | BadRow, roles: ColumnRoles) => void) | undefined;
  /** Lets ids that are too many for memory go to disk. Default: all are kept in memory. */
  readonly spare?: IdSpare | undefined;
}

export interface IdSpare {
  readonly scratch: Scratch;
  /** Opens the same bytes once more. The rows that were told of so far are to be forgotten. */
  readonly again: () => Promise<Readable>;
  /** How many ids are kept in memory. Default: as many as 16 tables of 2 MB hold; with more, each would double. */
  readonly mostKept?: number | undefined;
}

const mostKept = 1_400_000;

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
  const { spare, onRow } = watch;
  const ids = new CountedIds(options.name, overflowOf(spare));
  const dataset = openDataset(seen.bytes, format, { ...options, ids });
  const threads = new DistinctTexts();
  let [examples, badRows, turns, wholeConversations] = [0, 0, 0, 0];
  for await (const rows of dataset.batches()) {
    for (const row of rows) {
      examples++;
      onRow?.(row, dataset.roles);
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
  const sha256 = await seen.sha256.catch((cause: unknown) => {
    const expected = 'expected the gzip data to fill the file, saw more behind its end: compress it again';
    throw new DatasetError(options.name, expected, { cause });
  });
  const twice = ids.firstTwice();
  if (spare !== undefined && twice !== null) {
    if (!twice.isMade) await refuse(twice, await spare.again(), format, options);
    // What a row's id is depends on all before it: they have to be kept.
    return checkDataset(await spare.again(), format, options, { ...watch, spare: undefined });
  }
  return {
    sha256,
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

const overflowOf = (spare: IdSpare | undefined): IdOverflow | null =>
  spare === undefined
    ? null
    : { keys: new ScatteredKeys(spare.scratch), mostKept: spare.mostKept ?? mostKept };

/** Reads again up to the second of them. @throws DatasetError Where it is there; only in a file that was changed since it is not. */
async function refuse(
  rows: RowsOfOneId,
  source: Readable,
  format: Format,
  options: ReadOptions,
): Promise<void> {
  const ids = new RefusedIds(options.name, rows);
  for await (const _ of openDataset(source, format, { ...options, ids }).batches());
}
