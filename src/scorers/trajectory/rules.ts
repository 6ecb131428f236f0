/** Rules over all calls, whatever is expected: forbidden tools, how many, none twice. Pure. */

import { isLike } from '../../glob.ts';
import { isSame } from '../../json.ts';
import type { Call } from './trajectory.ts';

export interface Rules {
  /** Tools that may not be called; `*` in a name stands for any characters. */
  readonly forbidden: readonly string[];
  /** The most calls there may be; null: any number. */
  readonly mostCalls: number | null;
  /** No call may be made twice with the same arguments. */
  readonly isRepeatForbidden: boolean;
}

export const hasRules = ({ forbidden, mostCalls, isRepeatForbidden }: Rules): boolean =>
  forbidden.length > 0 || mostCalls !== null || isRepeatForbidden;

/** How a rule was broken. */
export interface Breach {
  /** The call that broke it; null where it was all of them. */
  readonly call: Call | null;
  readonly told: string;
}

/**
 * @param made All calls, those that failed and those that are not compared too: a forbidden tool was called all the same.
 * @param counted Those that are compared.
 */
export function breaches(rules: Rules, made: readonly Call[], counted: readonly Call[]): readonly Breach[] {
  const { forbidden, mostCalls, isRepeatForbidden } = rules;
  const broken: Breach[] = made
    .filter(({ name }) => isNamed(name, forbidden))
    .map((call) => ({ call, told: 'is forbidden' }));
  if (mostCalls !== null && counted.length > mostCalls)
    broken.push({ call: null, told: `expected at most ${mostCalls} calls, saw ${counted.length}` });
  if (isRepeatForbidden)
    for (const call of repeated(counted))
      broken.push({ call, told: 'was called before, with the same arguments' });
  return broken;
}

function repeated(calls: readonly Call[]): readonly Call[] {
  const byName = new Map<string, Call[]>();
  return calls.filter((call) => {
    const before = byName.get(call.name) ?? [];
    byName.set(call.name, before);
    const isRepeated = before.some(({ args }) => isSame(args, call.args));
    if (!isRepeated) before.push(call);
    return isRepeated;
  });
}

/** Is the name one of the patterns? */
export const isNamed = (name: string, patterns: readonly string[]): boolean =>
  patterns.some((pattern) => isLike(name, pattern));
