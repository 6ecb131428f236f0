/** All that one row of a promptfoo dataset asks of its answer. Pure. */

import { isUnknown } from '../expectation.ts';
import type { Example, Json } from '../types.ts';
import { type Assertion, parseAssertion } from './assertion.ts';
import { shown } from './score.ts';

export interface AssertionSet {
  readonly assertions: readonly Assertion[];
  /** From which share of assertions that hold the row passes; null: all must. */
  readonly threshold: number | null;
  /** What cannot be asked, a sentence each. */
  readonly faults: readonly string[];
  /** What can be asked, and looks as if something else was meant. */
  readonly doubts: readonly string[];
}

const expectedColumn = /^__expected\d*$/;
const configColumn = /^__config:__expected(\d*):(.+)$/;

/**
 * Reads the columns `__expected`, `__expected1`…, `__config:__expected1:threshold` and `__threshold`. The first of the
 * expected ones is the example's expectation, the others are among its metadata. promptfoo's CSV has no weights: each
 * assertion counts alike.
 */
export function assertionSet({ expected, metadata }: Pick<Example, 'expected' | 'metadata'>): AssertionSet {
  const columns = Object.entries(metadata).map(([name, value]) => [name.trim(), value] as const);
  const cells = [
    expected,
    ...columns.filter(([name]) => expectedColumn.test(name)).map(([, value]) => value),
  ];
  const { thresholds, threshold, faults } = thresholdsOf(columns);
  const doubts: string[] = [];
  const assertions: Assertion[] = [];
  for (const [place, cell] of cells.filter((each) => !isUnknown(each)).entries()) {
    const parsed = parseAssertion(textOf(cell), thresholds.get(place) ?? null);
    if ('fault' in parsed) faults.push(parsed.fault);
    else {
      assertions.push(parsed.assertion);
      if (parsed.doubt !== null) doubts.push(parsed.doubt);
    }
  }
  return { assertions, threshold, faults, doubts };
}

const textOf = (cell: Json): string => (typeof cell === 'string' ? cell : JSON.stringify(cell));

function thresholdsOf(columns: readonly (readonly [string, Json])[]) {
  /** By the place of the assertion among those given, from 0. */
  const thresholds = new Map<number, number>();
  const faults: string[] = [];
  let threshold: number | null = null;
  for (const [name, value] of columns) {
    if (isUnknown(value)) continue;
    const [, number, key] = configColumn.exec(name) ?? [];
    if (name === '__threshold') {
      const share = numberOf(value);
      if (share !== null && share > 0 && share <= 1) threshold = share;
      else faults.push(`__threshold: expected a number above 0 and up to 1, saw ${shown(textOf(value))}`);
    } else if (key === 'threshold') {
      const limit = numberOf(value);
      if (limit === null) faults.push(`${name}: expected a number from 0, saw ${shown(textOf(value))}`);
      else thresholds.set(Math.max(0, Number(number) - 1), limit);
    } else if (name.startsWith('__config:')) {
      faults.push(`${name}: expected __config:__expected:threshold, or with a number behind __expected`);
    }
  }
  return { thresholds, threshold, faults };
}

function numberOf(value: Json): number | null {
  const text = String(value).trim();
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : null;
}
