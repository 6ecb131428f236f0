/** Calls that one message makes at once, laid in the order in which they are expected. Pure. */

import { assign } from '../assign.ts';
import type { Sides, Wanted } from './expected.ts';
import type { Call } from './trajectory.ts';

/**
 * The calls, those of each message among themselves in an order that fits what is expected as far as there is one.
 *
 * Each message takes as many of the next expected calls as it holds. Taking more is never worse: who can finish from
 * one place can finish from any later one.
 */
export function settleParallel({ wanted, calls, fits }: Sides): readonly Call[] {
  const settled: Call[] = [];
  let next = 0;
  for (let start = 0; start < calls.length; ) {
    const step = calls[start]?.step;
    let end = start + 1;
    while (calls[end]?.step === step && end < calls.length) end += 1;
    const group = calls.slice(start, end);
    const ordered = longestFit(wanted.slice(next, next + group.length), group, fits);
    next += ordered.length;
    settled.push(...ordered, ...group.filter((call) => !ordered.includes(call)));
    start = end;
  }
  return settled;
}

/** The calls that stand for as many of the first of `wanted` as can be, in their order. */
function longestFit(wanted: readonly Wanted[], group: readonly Call[], fits: Sides['fits']): readonly Call[] {
  for (let count = wanted.length; count > 0; count--) {
    const got = assign(count, group.length, (left, right) => {
      const [want, call] = [wanted[left], group[right]];
      return want !== undefined && call !== undefined && fits(want, call);
    });
    const found = got
      .flatMap((right) => (right === null ? [] : [group[right]]))
      .filter((call) => call !== undefined);
    if (found.length === count) return found;
  }
  return [];
}
