/** What an example expects to be called, checked, and whether a call is one of these. Pure. */

import { isObject } from '../../json.ts';
import type { ExpectedTool, Json, JsonObject } from '../../types.ts';
import { fitsMatcher, isMatcher, matcherFault } from './matchers.ts';
import type { Call } from './trajectory.ts';

export const argsModes = ['exact', 'subset', 'ignored'] as const;
/** `exact`: these arguments and no others · `subset`: these among others · `ignored`: the name alone. */
export type ArgsMode = (typeof argsModes)[number];

/** A call that is expected. */
export interface Wanted {
  readonly name: string;
  /** Null: any. */
  readonly args: JsonObject | null;
}

/** What is compared, and when a call is the one expected. */
export interface Sides {
  readonly wanted: readonly Wanted[];
  readonly calls: readonly Call[];
  readonly fits: (wanted: Wanted, call: Call) => boolean;
}

export const wantedOf = (tool: ExpectedTool): Wanted =>
  typeof tool === 'string' ? { name: tool, args: null } : { name: tool.name, args: tool.args ?? null };

/** What is wrong with an expectation, a sentence each: to be told before anything is sent. */
export function expectationFaults(
  expected: readonly ExpectedTool[],
  path = 'expected_tools',
): readonly string[] {
  return expected.flatMap((tool, place) => {
    const at = `${path}[${place}]`;
    const { name, args } = wantedOf(tool);
    if (name.trim() === '') return [`${at}: expected the name of a tool, saw an empty one`];
    if (args !== null && isMatcher(args))
      return [`${at}.args: expected names of arguments, saw a matcher; for any arguments leave args out`];
    return faultsIn(args, `${at}.args`);
  });
}

function faultsIn(value: Json, at: string): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((one, place) => faultsIn(one, `${at}[${place}]`));
  if (!isObject(value)) return [];
  if (!isMatcher(value)) return Object.entries(value).flatMap(([key, one]) => faultsIn(one, `${at}.${key}`));
  const fault = matcherFault(value);
  return fault === null ? [] : [`${at}: ${fault}`];
}

/** Is it the call that is expected? One that cannot be read never is. */
export const fits = (wanted: Wanted, call: Call, mode: ArgsMode): boolean =>
  call.isReadable &&
  wanted.name === call.name &&
  (wanted.args === null || mode === 'ignored' || fitsValue(wanted.args, call.args, mode));

/** Is it the value that is expected, or one that its matcher fits? */
export function fitsValue(wanted: Json, value: Json | undefined, mode: 'exact' | 'subset'): boolean {
  if (isObject(wanted) && isMatcher(wanted)) return fitsMatcher(wanted, value);
  if (Array.isArray(wanted))
    return (
      Array.isArray(value) &&
      wanted.length === value.length &&
      wanted.every((one, at) => fitsValue(one, value[at], mode))
    );
  if (!isObject(wanted)) return wanted === value;
  if (!isObject(value)) return false;
  const keys = Object.keys(wanted);
  return (
    (mode === 'subset' || keys.length === Object.keys(value).length) &&
    keys.every((key) => Object.hasOwn(value, key) && fitsValue(wanted[key] ?? null, value[key], mode))
  );
}
