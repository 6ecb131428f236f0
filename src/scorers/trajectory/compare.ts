/** What was called beside what was expected, in one of five ways. Pure. */

import { assign } from '../assign.ts';
import { type Aligned, align } from './align.ts';
import type { Sides, Wanted } from './expected.ts';
import { settleParallel } from './parallel.ts';
import type { Call } from './trajectory.ts';

export const toolModes = ['strict', 'unordered', 'subset', 'superset', 'subsequence'] as const;
/**
 * `strict`: these calls in this order, no others · `unordered`: these in any order, no others ·
 * `subset`: none but these · `superset`: all of these, in any order, among others · `subsequence`: all of these, in this
 * order, among others.
 */
export type ToolMode = (typeof toolModes)[number];

/** A call beside what it stands for; either may be missing, never both. */
export interface Row {
  readonly wanted: Wanted | null;
  readonly call: Call | null;
  /** `same` · `args`: the tool, with other arguments · `missing`, `extra`: against the expectation · `free`: allowed. */
  readonly sign: 'same' | 'args' | 'missing' | 'extra' | 'free';
  /** Of `missing` and `extra`: it is there, in another place. */
  readonly isMoved: boolean;
}

/** `score` is 1 where all is as expected, and only there. */
export interface Comparison {
  readonly score: number;
  readonly rows: readonly Row[];
}

/** @param isParallelFree Calls of one message may come in any order. */
export function compareCalls(sides: Sides, mode: ToolMode, isParallelFree: boolean): Comparison {
  const { wanted, calls } = sides;
  // Nothing expected means: nothing may be called, whatever the mode.
  const mayMiss = mode === 'subset';
  const mayAdd = (mode === 'superset' || mode === 'subsequence') && wanted.length > 0;
  const isOrdered = mode === 'strict' || mode === 'subsequence';
  const settled = isOrdered && isParallelFree ? { ...sides, calls: settleParallel(sides) } : sides;
  const rows = (isOrdered ? inOrder(settled, mayAdd) : inAnyOrder(settled)).flatMap((row) =>
    rowOf(row, settled, { mayMiss, mayAdd }),
  );
  const counted = mayAdd ? wanted.length : mayMiss ? calls.length : Math.max(wanted.length, calls.length);
  return {
    score: counted === 0 ? 1 : scoreOf(rows, counted),
    rows: isOrdered ? withMoved(rows, sides.fits) : rows,
  };
}

/** What is missing in one place and too much in another was moved. */
function withMoved(rows: readonly Row[], fits: Sides['fits']): readonly Row[] {
  const extras = rows.filter(({ sign }) => sign === 'extra' || sign === 'free');
  const moved = new Set<Row>();
  for (const row of rows) {
    const { wanted } = row;
    if (row.sign !== 'missing' || wanted === null) continue;
    const at = extras.findIndex(({ call }) => call !== null && fits(wanted, call));
    for (const extra of at === -1 ? [] : extras.splice(at, 1)) moved.add(row).add(extra);
  }
  return rows.map((row) =>
    moved.has(row) ? { wanted: row.wanted, call: row.call, sign: row.sign, isMoved: true } : row,
  );
}

/** Of as many as count, a call that is as expected is worth 1, the right tool with other arguments half. */
function scoreOf(rows: readonly Row[], counted: number): number {
  const halves = rows.reduce((sum, { sign }) => sum + (sign === 'same' ? 2 : sign === 'args' ? 1 : 0), 0);
  return halves / (2 * counted);
}

/** The alignment that is worth most: a call more or less is no more than that, and a wrong one is one more and one less. */
function inOrder({ wanted, calls, fits }: Sides, mayAdd: boolean): readonly Aligned[] {
  const costs = { left: 2, right: mayAdd ? 0 : 2 };
  const wrong = costs.left + costs.right;
  const pair = (left: number, right: number): number => {
    const [want, call] = [wanted[left], calls[right]];
    if (want === undefined || call === undefined || want.name !== call.name) return wrong;
    return fits(want, call) ? 0 : wrong / 2;
  };
  return align(wanted.length, calls.length, { pair, ...costs });
}

/**
 * In the order of the calls, what is missing last. As many as can be are as expected; of those left over, calls of the
 * right tool stand beside one another.
 */
function inAnyOrder({ wanted, calls, fits }: Sides): readonly Aligned[] {
  const wantedOfCall = new Array<number | null>(calls.length).fill(null);
  const missing: number[] = [];
  for (const [name, places] of placesByName(wanted)) {
    const ofName = calls.flatMap((call, at) => (call.name === name ? [at] : []));
    const got = assign(places.length, ofName.length, (left, right) => {
      const [want, call] = [wanted[places[left] ?? -1], calls[ofName[right] ?? -1]];
      return want !== undefined && call !== undefined && fits(want, call);
    });
    const taken = new Set(got);
    const left = ofName.filter((_, right) => !taken.has(right));
    for (const [at, place] of places.entries()) {
      const right = got[at] ?? null;
      const call = right === null ? left.shift() : ofName[right];
      if (call === undefined) missing.push(place);
      else wantedOfCall[call] = place;
    }
  }
  return [
    ...wantedOfCall.map((left, right) => ({ left, right })),
    ...missing.sort((one, other) => one - other).map((left) => ({ left, right: null })),
  ];
}

function placesByName(wanted: readonly Wanted[]): Map<string, number[]> {
  const places = new Map<string, number[]>();
  for (const [at, { name }] of wanted.entries()) {
    const known = places.get(name);
    if (known === undefined) places.set(name, [at]);
    else known.push(at);
  }
  return places;
}

function rowOf(
  { left, right }: Aligned,
  { wanted, calls, fits }: Sides,
  { mayMiss, mayAdd }: { readonly mayMiss: boolean; readonly mayAdd: boolean },
): Row[] {
  const want = (left === null ? null : wanted[left]) ?? null;
  const call = (right === null ? null : calls[right]) ?? null;
  if (want !== null && call !== null && want.name === call.name)
    return [{ wanted: want, call, sign: fits(want, call) ? 'same' : 'args', isMoved: false }];
  const missing: Row = { wanted: want, call: null, sign: mayMiss ? 'free' : 'missing', isMoved: false };
  const extra: Row = { wanted: null, call, sign: mayAdd ? 'free' : 'extra', isMoved: false };
  return [...(want === null ? [] : [missing]), ...(call === null ? [] : [extra])];
}
