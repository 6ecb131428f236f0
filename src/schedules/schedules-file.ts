/** The file of `threadmill schedule`: YAML (docs/guide/schedule.md). Pure. */

import { isObject } from '../json.ts';
import type { Json, JsonObject } from '../types.ts';
import { duration, wholeNumber } from '../values.ts';
import { readYaml } from '../yaml.ts';
import { readCron } from './cron.ts';
import { Faults, type Path } from './faults.ts';
import { type Environment, isRunOption, readRunFlags, runOptionNames } from './run-flags.ts';
import type { Schedule, Schedules } from './schedule.ts';
import { readPing, readWebhooks } from './told.ts';
import { expandVariables } from './variables.ts';

const topKeys = ['out', 'max_batches', 'defaults', 'schedules'] as const;
const ownKeys = [
  'cron',
  'timezone',
  'dataset',
  'overlap',
  'catch_up',
  'jitter',
  'keep_last',
  'notify',
  'ping',
] as const;
/** What may stand under `defaults` beside options of `run`. */
const sharedKeys = ownKeys.filter((key) => key !== 'cron' && key !== 'dataset');

/**
 * Gives the schedules in the file's order, or every fault with its line.
 * @param name What to call the file.
 * @param env Of `${VAR}`, and of the options of `run` that it holds.
 */
export async function readSchedules(
  text: string,
  name: string,
  env: Environment,
): Promise<Schedules | { readonly faults: readonly string[] }> {
  const read = await readYaml(text);
  if ('problem' in read) return { faults: [`${name}:${read.line}: ${read.problem}`] };
  const faults = new Faults(name, read.lineOf);
  const schedules = schedulesOf(expandVariables(read.value, env, faults), { env, faults });
  return faults.all.length > 0 || schedules === undefined ? { faults: faults.all } : schedules;
}

interface Reading {
  readonly env: Environment;
  readonly faults: Faults;
}

function schedulesOf(value: Json, reading: Reading): Schedules | undefined {
  const { faults } = reading;
  if (!isObject(value)) {
    faults.add([], 'expected "out" and "schedules", saw neither');
    return undefined;
  }
  for (const key of Object.keys(value)) if (!isOneOf(key, topKeys)) faults.unknown([key], key, topKeys);
  const { out, schedules } = value;
  if (typeof out !== 'string' || out.trim() === '')
    faults.expected(['out'], 'a directory for the batches, as "out: results/scheduled"', out);
  if (!isObject(schedules) || Object.keys(schedules).length === 0) {
    faults.expected(
      ['schedules'],
      'schedules by name, as "nightly: {cron: 0 3 * * *, dataset: …}"',
      schedules,
    );
    return undefined;
  }
  namesAreDirectories(Object.keys(schedules), faults);
  const defaults = defaultsOf(value['defaults'] ?? null, reading);
  const all = Object.entries(schedules).map(([name, own]) => scheduleOf(name, own, defaults, reading));
  const found = all.filter((schedule) => schedule !== undefined);
  const maxBatches = wholeOf(value['max_batches'], ['max_batches'], faults);
  if (typeof out !== 'string' || found.length < all.length || maxBatches === undefined) return undefined;
  return { out, maxBatches, all: found };
}

function defaultsOf(value: Json, { faults }: Reading): JsonObject {
  if (value === null) return {};
  if (!isObject(value)) {
    faults.expected(['defaults'], 'options of run by name, as "concurrency: 20"', value);
    return {};
  }
  for (const key of Object.keys(value)) {
    if (!isOneOf(key, sharedKeys) && !isRunOption(key))
      faults.unknown(['defaults', key], key, [...sharedKeys, ...runOptionNames()]);
  }
  return value;
}

/** Whatever stands in a name that is a directory's too, everywhere. */
const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** The state and its lock are beside the schedules' directories. */
const ownFile = /^schedules\./i;

/** Each has one of its own under `out`, on a disk too that knows no capitals. */
function namesAreDirectories(names: readonly string[], faults: Faults): void {
  const taken = new Map<string, string>();
  for (const name of names) {
    const at = ['schedules', name];
    const same = taken.get(name.toLowerCase());
    taken.set(name.toLowerCase(), name);
    if (!namePattern.test(name))
      faults.add(
        at,
        `${JSON.stringify(name)}: expected a name of letters, digits, dots and dashes, up to 64`,
      );
    else if (ownFile.test(name))
      faults.add(
        at,
        `${name}: expected another name; those that begin with "schedules." are the scheduler's own files`,
      );
    else if (same !== undefined)
      faults.add(
        at,
        `${name}: expected a name that differs from ${same} by more than capitals: both are directories`,
      );
  }
}

function scheduleOf(
  name: string,
  own: Json,
  defaults: JsonObject,
  { env, faults }: Reading,
): Schedule | undefined {
  const at = ['schedules', name];
  if (!isObject(own)) return faults.expected(at, 'a schedule, as {cron: 0 3 * * *, dataset: smoke.csv}', own);
  for (const key of Object.keys(own)) {
    if (!isOneOf(key, ownKeys) && !isRunOption(key))
      faults.unknown([...at, key], key, [...ownKeys, ...runOptionNames()]);
  }
  const place = (key: string): Path => (key in own ? [...at, key] : key in defaults ? ['defaults', key] : at);
  const values: JsonObject = { ...defaults, ...own };
  const { cron = null, timezone = 'UTC', dataset = null } = values;
  const timetable = timetableOf({ cron, timezone }, place, { at, faults });
  if (typeof dataset !== 'string' || dataset.trim() === '')
    faults.expected(
      [...at, 'dataset'],
      'a file, or a pattern such as inbox/*.csv for files that arrive',
      dataset,
    );
  const overlap = choiceOf(values['overlap'] ?? 'skip', ['skip', 'queue'], place('overlap'), faults);
  const catchUp = choiceOf(values['catch_up'] ?? 'latest', ['latest', 'none'], place('catch_up'), faults);
  const jitterMs = durationOf(values['jitter'] ?? null, place('jitter'), faults);
  const keepLast = wholeOf(values['keep_last'], place('keep_last'), faults);
  const webhooks = readWebhooks(values['notify'] ?? null, { schedule: name, path: place('notify'), faults });
  const ping = readPing(values['ping'] ?? null, { path: place('ping'), faults });
  const options = readRunFlags(values, { name, place, env, faults });
  if (timetable === undefined || overlap === undefined || catchUp === undefined) return undefined;
  if (jitterMs === undefined || keepLast === undefined || typeof dataset !== 'string') return undefined;
  return {
    ...{ name, cron: String(cron), timezone: String(timezone), timetable, dataset },
    ...{ overlap, catchUp, jitterMs, keepLast, webhooks, ping, options },
  };
}

function timetableOf(
  { cron, timezone }: { readonly cron: Json; readonly timezone: Json },
  place: (key: string) => Path,
  { at, faults }: { readonly at: Path; readonly faults: Faults },
) {
  if (typeof cron !== 'string')
    return faults.expected([...at, 'cron'], 'a cron expression, as "0 3 * * *"', cron);
  const read = readCron(cron, String(timezone));
  if (!('expected' in read)) return read;
  const path = read.field === 'cron' ? [...at, 'cron'] : place('timezone');
  return faults.expected(
    path.at(-1) === read.field ? path : [...at, read.field],
    read.expected,
    read.field === 'cron' ? cron : timezone,
  );
}

function choiceOf<const T extends string>(
  value: Json,
  choices: readonly T[],
  path: Path,
  faults: Faults,
): T | undefined {
  return choices.find((choice) => choice === value) ?? faults.expected(path, choices.join(' or '), value);
}

function durationOf(value: Json, path: Path, faults: Faults): number | undefined {
  if (value === null) return 0;
  return duration.parse(String(value)) ?? faults.expected(path, duration.expects, value);
}

const count = wholeNumber(1);

/** Null where there is none. */
function wholeOf(value: Json | undefined, path: Path, faults: Faults): number | null | undefined {
  if (value === undefined || value === null) return null;
  return count.parse(String(value)) ?? faults.expected(path, count.expects, value);
}

const isOneOf = (key: string, keys: readonly string[]): boolean => keys.includes(key);
