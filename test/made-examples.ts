import { nothingRecorded, type Recorded } from '../src/job.ts';
import type { BadRow, Example, OutcomeName } from '../src/types.ts';
import { madeRecord } from './reports/made-records.ts';

/** An example that asks its own id; give only what matters. */
export function madeExample(fields: Partial<Example> & { index: number }): Example {
  const id = fields.id ?? `e${fields.index}`;
  return { id, input: `ask ${id}`, expected: null, metadata: {}, cells: [], ...fields };
}

export const madeBadRow = (index: number): BadRow => ({
  id: `line-${index + 2}`,
  index,
  problem: `qa.csv:${index + 2}: expected 3 cells, saw 1`,
  cells: ['x'],
});

/** Rows as a reader gives them. */
export async function* inOrder<T>(rows: Iterable<T>): AsyncGenerator<T> {
  yield* rows;
}

export async function collected<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Which turn, in a word. */
export const placeName = ({ index, trial, turn }: { index: number; trial: number; turn: number | null }) =>
  `${index}/${trial}/${turn ?? 1}`;

/** What is recorded, by place: `{ '0/1/2': 'success' }`. */
export const recordedAt = (outcomes: Readonly<Record<string, OutcomeName>>): Recorded => ({
  ...nothingRecorded,
  outcomeOf: (place) => outcomes[placeName(place)] ?? null,
  revisionOf: (place) => (placeName(place) in outcomes ? 1 : 0),
  recordOf: async () => madeRecord(),
});
