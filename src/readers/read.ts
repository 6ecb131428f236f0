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

/** Reads the rows of a source as examples: what all formats have in common. */
export function readRows(source: Readable, options: ReadWithIds, rows: RowSource): OpenDataset {
  const examples = examplesOf(source, options, rows);
  let isTaken = false;
  return {
    get columns() {
      return rows.columns;
    },
    get roles() {
      return rows.roles;
    },
    [Symbol.asyncIterator]: () => {
      // A second loop would find nothing, and take that for the dataset.
      if (isTaken) throw new Error('A dataset is iterated once: open it again.');
      isTaken = true;
      return examples;
    },
  };
}

async function* examplesOf(
  source: Readable,
  options: ReadWithIds,
  rows: RowSource,
): AsyncGenerator<Example | BadRow, void> {
  const toExample = exampleMaker(options);
  let isEmpty = true;
  try {
    for await (const text of textOf(source, options)) {
      for (const row of rows.push(text)) {
        isEmpty = false;
        yield toExample(row);
      }
    }
  } finally {
    // Where the text cannot even begin, as at an unknown encoding, nobody else does.
    source.destroy();
  }
  for (const row of rows.end()) {
    isEmpty = false;
    yield toExample(row);
  }
  if (isEmpty) throw new DatasetError(options.name, rows.nothing);
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
