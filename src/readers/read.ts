import type { Readable } from 'node:stream';
import type { OpenDataset, ReadOptions } from '../contracts.ts';
import { DatasetError } from '../errors.ts';
import type { BadRow, Example } from '../types.ts';
import { textOf } from './decode.ts';
import { CountedIds, type Ids } from './ids.ts';
import { type Row, RowProblem, type RowSource } from './rows.ts';

/** Who gives the ids, where that is not a `CountedIds` of this reading's own. */
export interface ReadWithIds extends ReadOptions {
  readonly ids?: Ids | undefined;
  /** The place of the first row that is read. Default: 0. */
  readonly firstIndex?: number | undefined;
}

/** A dataset that can be read by many rows at a time. */
export interface BatchedDataset extends OpenDataset {
  /** The same rows, as many as a piece of text brings at once: without a promise for each. Instead of the iteration. */
  batches(): AsyncIterable<readonly (Example | BadRow)[]>;
}

/** Reads the rows of a source as examples: what all formats have in common. */
export function readRows(source: Readable, options: ReadWithIds, rows: RowSource): BatchedDataset {
  const batches = batchesOf(source, options, rows);
  let isTaken = false;
  const taken = () => {
    // A second loop would find nothing, and take that for the dataset.
    if (isTaken) throw new Error('A dataset is iterated once: open it again.');
    isTaken = true;
    return batches;
  };
  return {
    get columns() {
      return rows.columns;
    },
    get roles() {
      return rows.roles;
    },
    batches: taken,
    [Symbol.asyncIterator]: () => new OneByOne(taken()),
  };
}

async function* batchesOf(
  source: Readable,
  options: ReadWithIds,
  rows: RowSource,
): AsyncGenerator<readonly (Example | BadRow)[], void> {
  const toExample = exampleMaker(options);
  let batch: (Example | BadRow)[] = [];
  let fault: unknown = null;
  const take = (row: Row) => {
    batch.push(toExample(row));
  };
  /** What comes before a fault is handed on before it is thrown. */
  const found = (read: () => void) => {
    batch = [];
    try {
      read();
    } catch (error) {
      fault = error;
    }
    return batch;
  };
  let isEmpty = true;
  try {
    for await (const text of textOf(source, options)) {
      const examples = found(() => rows.push(text, take));
      if (examples.length > 0) {
        isEmpty = false;
        yield examples;
      }
      if (fault !== null) throw fault;
    }
  } finally {
    // Where the text cannot even begin, as at an unknown encoding, nobody else does.
    source.destroy();
  }
  const last = found(() => rows.end(take));
  if (last.length > 0) yield last;
  if (fault !== null) throw fault;
  if (isEmpty && last.length === 0) throw new DatasetError(options.name, rows.nothing);
}

/** Hands on rows of batches one by one: by hand, for a generator takes thrice as long for each. */
class OneByOne implements AsyncIterableIterator<Example | BadRow, void> {
  readonly #batches: AsyncGenerator<readonly (Example | BadRow)[], void>;
  #batch: readonly (Example | BadRow)[] = [];
  #at = 0;

  constructor(batches: AsyncGenerator<readonly (Example | BadRow)[], void>) {
    this.#batches = batches;
  }

  next(): Promise<IteratorResult<Example | BadRow, void>> {
    const row = this.#batch[this.#at];
    if (row === undefined) return this.#fromNextBatch();
    this.#at += 1;
    return Promise.resolve({ value: row, done: false });
  }

  async #fromNextBatch(): Promise<IteratorResult<Example | BadRow, void>> {
    const next = await this.#batches.next();
    if (next.done) return { value: undefined, done: true };
    this.#batch = next.value;
    this.#at = 0;
    return this.next();
  }

  async return(): Promise<IteratorResult<Example | BadRow, void>> {
    this.#batch = [];
    await this.#batches.return();
    return { value: undefined, done: true };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

function exampleMaker(options: ReadWithIds): (row: Row) => Example | BadRow {
  const ids = options.ids ?? new CountedIds(options.name);
  let rowsRead = options.firstIndex ?? 0;
  return (row) => {
    const index = rowsRead++;
    try {
      const content = row.content();
      // Field by field: with spreads, reading a million rows takes twice as long.
      return {
        id: content.id === null ? ids.make(content.identity, row.line) : ids.claim(content.id, row.line),
        index,
        input: content.input,
        turns: content.turns,
        thread: content.thread,
        expected: content.expected,
        expectedTools: content.expectedTools,
        expectedInterrupts: content.expectedInterrupts,
        resume: content.resume,
        metadata: content.metadata,
        cells: row.cells,
      };
    } catch (error) {
      if (!(error instanceof RowProblem)) throw error;
      const saw = row.which === null ? error.message : `${row.which}: ${error.message}`;
      const problem = new DatasetError(`${options.name}:${row.line}`, saw);
      if (!options.skipBadRows) throw problem;
      return {
        id: ids.number(`line-${row.line}`, row.line),
        index,
        problem: problem.message,
        cells: row.cells,
      };
    }
  };
}
