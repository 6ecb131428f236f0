/** Turns that scored below 1, the lowest first. Pure but for the records it is handed. */

import type { JobRecord, Score } from '../types.ts';
import { expectedText, promptOf } from './prompt.ts';
import { shorten } from './shorten.ts';

/** A turn with a score below 1, as it is shown: its texts are cut, for several are held at once. */
export interface LowTurn {
  readonly id: string;
  readonly trial: number;
  readonly turn: number | null;
  /** Those below 1, in the order of the scorers. */
  readonly scores: readonly {
    readonly name: string;
    readonly value: number;
    readonly reason: string | null;
  }[];
  readonly asked: string;
  readonly expected: string | null;
  readonly answered: string | null;
}

export interface LowTurns {
  /** How many there are, those that are not kept too. */
  readonly count: number;
  /** The lowest first; in dataset order where they are alike. */
  readonly lowest: readonly LowTurn[];
}

export const noLowTurns: LowTurns = { count: 0, lowest: [] };

export const isLow = ({ value }: Score): boolean => value !== null && value < 1;

/** To three digits, and never as 1 where it is not. */
export const shownScore = (value: number): string =>
  String(value > 0.999 ? value : Number(value.toPrecision(3)));

/** @param records In dataset order. @param most Kept at most. */
export async function lowestOf(records: AsyncIterable<JobRecord>, most: number): Promise<LowTurns> {
  const kept: { readonly lowest: number; readonly turn: LowTurn }[] = [];
  let count = 0;
  for await (const record of records) {
    const values = Object.values(record.scores).filter(isLow);
    if (values.length === 0) continue;
    count += 1;
    const lowest = values.reduce((low, { value }) => Math.min(low, value ?? 1), 1);
    const above = kept.findIndex((one) => one.lowest > lowest);
    if (above === -1 && kept.length === most) continue;
    kept.splice(above === -1 ? kept.length : above, 0, { lowest, turn: lowTurn(record) });
    if (kept.length > most) kept.pop();
  }
  return { count, lowest: kept.map(({ turn }) => turn) };
}

/** UTF-16 units kept of a text: more than any report shows of one. */
const longest = 1_000;

function lowTurn({ id, trial, turn, scores, input, expected, response }: JobRecord): LowTurn {
  const cut = (text: string | null) => (text === null ? null : shorten(text, longest));
  return {
    id: shorten(id, longest),
    trial,
    turn,
    scores: Object.entries(scores).flatMap(([name, { value, reason }]) =>
      value === null || value === 1 ? [] : [{ name, value, reason: cut(reason) }],
    ),
    asked: shorten(promptOf(input), longest),
    expected: cut(expectedText(expected)),
    answered: cut(response),
  };
}
