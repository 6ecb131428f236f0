/** Options of `run` in a file of schedules: by the same names, read by the same table. Pure. */

import { resolveConfig } from '../config.ts';
import { ConfigError } from '../errors.ts';
import { optionsOf } from '../options.ts';
import type { Json, JsonObject } from '../types.ts';
import type { Faults, Path } from './faults.ts';
import type { RunFlags } from './schedule.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What the scheduler says itself, or what makes no sense where nobody watches. */
const notToBeSet: readonly string[] = [
  ...['out', 'new', 'dry-run', 'yes', 'mend', 'config'],
  ...['json', 'quiet', 'verbose', 'progress'],
  ...['notify', 'notify-format', 'notify-allow-private', 'ping'],
];

/** Those that may stand in a schedule. */
export const runOptionNames = (): readonly string[] =>
  optionsOf('run').flatMap(([, { flag }]) => (flag === null || notToBeSet.includes(flag) ? [] : [flag]));

export const isRunOption = (name: string): boolean => runOptionNames().includes(name);

interface Reading {
  /** Of the schedule. */
  readonly name: string;
  readonly place: (key: string) => Path;
  readonly env: Environment;
  readonly faults: Faults;
}

/** A schedule's options; all that `run` would refuse of them is a fault. */
export function readRunFlags(values: JsonObject, { name, place, env, faults }: Reading): RunFlags {
  const flags: Record<string, readonly string[]> = {};
  for (const [, { flag, kind }] of optionsOf('run')) {
    const value = flag === null || !isRunOption(flag) ? null : (values[flag] ?? null);
    if (flag === null || value === null) continue;
    const texts = textsOf(value);
    if (texts === null) faults.expected(place(flag), kind.expects, value);
    // `local: true` is the bare switch of a flag whose value may be left out.
    else if (kind.placeholder === null || (flag === 'local' && value === true)) {
      if (value === true) flags[flag] = [];
      else if (value !== false) faults.expected(place(flag), kind.expects, value);
    } else flags[flag] = texts;
  }
  for (const fault of runFaults(flags, env)) {
    const flag = /^--([a-z-]+):/.exec(fault)?.[1];
    faults.add(flag === undefined ? place('') : place(flag), `${name}: ${fault.replace(/^--/, '')}`);
  }
  return flags;
}

/** Null where it is no text, no number, and no list of them. */
function textsOf(value: Json): readonly string[] | null {
  const all = Array.isArray(value) ? value : [value];
  return all.every((item) => item !== null && typeof item !== 'object') ? all.map(String) : null;
}

function runFaults(flags: RunFlags, env: Environment): readonly string[] {
  try {
    const asYargs = Object.entries(flags).map(([flag, values]) => [flag, asTyped(flag, values)]);
    resolveConfig('run', { flags: Object.fromEntries(asYargs), env, dotenv: {}, file: null });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

const asTyped = (flag: string, values: readonly string[]) =>
  values.length > 0 ? values : flag === 'local' ? '' : 'true';

/** The same as arguments of `threadmill run`. */
export const argumentsOf = (flags: RunFlags): readonly string[] =>
  Object.entries(flags).flatMap(([flag, values]) =>
    values.length === 0 ? [`--${flag}`] : values.map((value) => `--${flag}=${value}`),
  );
