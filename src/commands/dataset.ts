/** A dataset on disk: checked as a whole before the first request, then read again for each pass. */

import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpenDataset, ReadOptions } from '../contracts.ts';
import { DatasetError } from '../errors.ts';
import type { Config } from '../options.ts';
import { checkDataset } from '../readers/check.ts';
import { openFromRow } from '../readers/from-row.ts';
import { idsKnownFree } from '../readers/ids.ts';
import { type Format, formatOf, openDataset } from '../readers/index.ts';
import { Scratch } from '../scratch.ts';
import { Chooser, type Chosen } from '../selection.ts';
import type { BadRow, ColumnRoles, DatasetFacts, Example } from '../types.ts';
import { assertLabels } from './judge-agreement.ts';
import {
  type BatchMeans,
  type ChosenScorers,
  chosenBefore,
  ScorerCheck,
  type ScorerChoice,
  unscored,
} from './scorers.ts';

export interface RowPlace {
  readonly index: number;
  readonly id: string;
}

export interface Dataset {
  readonly path: string;
  readonly format: Format;
  readonly facts: DatasetFacts;
  readonly chosen: Chosen;
  readonly size: number;
  readonly mtimeMs: number;
  /** What judges its answers. */
  readonly scoring: ChosenScorers;
  /** Every row, in file order: a pass of its own each time. */
  allRows(): AsyncIterable<Example | BadRow>;
  /** The chosen ones of them. @param from Those before it may be left out, where every row is chosen. Default: none. */
  examples(from?: RowPlace | null): AsyncIterable<Example | BadRow>;
}

export const formatOfDataset = (name: string, config: Config): Format =>
  formatOf(name, config.format ?? undefined);

/** What of the options says how a dataset is read; part of a batch's identity. */
export const readOptions = (name: string, config: Config): ReadOptions => ({
  name,
  encoding: config.encoding ?? undefined,
  inputColumn: config.inputColumn ?? undefined,
  idColumn: config.idColumn ?? undefined,
  threadColumn: config.threadColumn ?? undefined,
  expectedColumn: config.expectedColumn ?? undefined,
  template: config.template ?? undefined,
  skipBadRows: config.skipBadRows,
});

export interface LoadOptions {
  /** An unchanged file is not read again, where every row is chosen and none waits for others of its thread. */
  readonly known?: KnownDataset | null | undefined;
  /** Each row that is read, to tell how far it is. */
  readonly onRow?: (() => void) | undefined;
  /** What scorers are made with. Default: it is read for its rows, and nothing is scored. */
  readonly means?: BatchMeans | undefined;
}

/** What an earlier start found in a dataset. */
export type KnownDataset = DatasetFacts & {
  readonly size: number;
  readonly mtime_ms: number;
  readonly scorers?: ScorerChoice | undefined;
};

/**
 * Reads a dataset to its end and chooses the examples.
 * @param name What to call it in errors.
 * @throws DatasetError, ConfigError
 */
export async function loadDataset(
  path: string,
  name: string,
  config: Config,
  { known = null, onRow, means }: LoadOptions = {},
): Promise<Dataset> {
  const format = formatOfDataset(name, config);
  const options = readOptions(name, config);
  const { size, mtimeMs } = await fileFacts(path, name);
  const isKnown = known !== null && known.size === size && known.mtime_ms === mtimeMs;
  const scoringBefore = isKnown ? await chosenBefore(known.scorers, config, means) : null;
  const { facts, chosen, scoring } =
    isKnown && scoringBefore !== null && takesEveryRow(config) && known.roles.thread === null
      ? { facts: known, chosen: everyRow(known), scoring: scoringBefore }
      : await check(path, format, options, { config, onRow, means });
  if (means !== undefined) assertLabels(name, facts.columns, config.judgeLabels);
  const ids = facts.numberedIds === 0 ? idsKnownFree : undefined;
  const assertSame = async () => {
    const now = await fileFacts(path, name);
    if (now.size !== size || now.mtimeMs !== mtimeMs) {
      throw new DatasetError(
        name,
        'it was changed while the batch ran: the same command checks it anew and goes on',
      );
    }
  };
  const allRows = () =>
    lazily(async () => {
      await assertSame();
      return openDataset(createReadStream(path), format, { ...options, ids });
    });
  const chosenRows = async function* () {
    for await (const row of allRows()) if (chosen.has(row)) yield row;
  };
  const rowsFrom = async function* (from: RowPlace) {
    await assertSame();
    const isThere = yield* rowsAfter(from, await openFromRow(path, format, { ...options, ids }, from.index));
    if (!isThere) yield* allRows();
  };
  const examples = (from: RowPlace | null = null) => {
    if (!takesEveryRow(config)) return chosenRows();
    return from === null ? allRows() : rowsFrom(from);
  };
  return { path, format, facts, chosen, size, mtimeMs, scoring, allRows, examples };
}

/** Opened with the first row asked for; not by a generator, which would cost more for each than reading it. */
function lazily<T>(open: () => Promise<AsyncIterable<T>>): AsyncIterable<T> {
  let rows: AsyncIterator<T> | null = null;
  const begin = async () => {
    rows = (await open())[Symbol.asyncIterator]();
    return rows.next();
  };
  const iterator: AsyncIterableIterator<T> = {
    next: () => rows?.next() ?? begin(),
    return: async () => (await rows?.return?.()) ?? { value: undefined, done: true },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}

/** False: they begin with another row than was expected, and nothing was yielded. */
async function* rowsAfter(
  { id }: RowPlace,
  open: OpenDataset | null,
): AsyncGenerator<Example | BadRow, boolean> {
  const rows = open?.[Symbol.asyncIterator]();
  // Entered at a wrong place, it may well hold no row that can be read.
  let next = await rows?.next().catch(() => null);
  try {
    if (rows === undefined || next?.value?.id !== id) return false;
    for (; next?.done === false; next = await rows.next()) yield next.value;
    return true;
  } finally {
    await rows?.return?.();
  }
}

async function check(
  path: string,
  format: Format,
  options: ReadOptions,
  {
    config,
    onRow,
    means,
  }: { readonly config: Config; readonly means: BatchMeans | undefined } & Pick<LoadOptions, 'onRow'>,
) {
  using scratch = new Scratch(
    join(tmpdir(), `threadmill-${randomUUID()}`),
    'let TMPDIR name a directory that has room',
  );
  const begin = async () => ({
    chooser: new Chooser(config),
    scorers: means === undefined ? null : await ScorerCheck.begin(config, means),
  });
  let { chooser, scorers } = await begin();
  const again = async () => {
    ({ chooser, scorers } = await begin());
    return createReadStream(path);
  };
  const take = (row: Example | BadRow, roles: ColumnRoles) => {
    chooser.offer(row);
    scorers?.see(row, roles);
    onRow?.();
  };
  const facts = await checkDataset(createReadStream(path), format, options, {
    onRow: take,
    spare: { scratch, again },
  });
  return {
    facts,
    chosen: chooser.choose(),
    scoring: (await scorers?.end(options.name, facts.roles)) ?? unscored,
  };
}

const takesEveryRow = ({ limit, offset, sample, ids }: Config): boolean =>
  limit === null && offset === 0 && sample === null && ids === null;

/** @param facts Of a dataset without a thread column. */
const everyRow = ({ examples, badRows, turns }: DatasetFacts): Chosen => ({
  has: () => true,
  threadSize: () => 0,
  examples: examples - badRows,
  badRows,
  turns: turns - badRows,
});

async function fileFacts(path: string, name: string): Promise<{ size: number; mtimeMs: number }> {
  const facts = await stat(path).catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    throw new DatasetError(
      name,
      code === 'ENOENT' ? 'there is no such file' : `cannot be read (${String(code)})`,
      { cause: error },
    );
  });
  if (facts.isDirectory()) throw new DatasetError(name, 'expected a file, saw a directory');
  return { size: facts.size, mtimeMs: facts.mtimeMs };
}
