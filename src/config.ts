/** How an option's value is found: flag › environment › `.env` › config file › default. */

import { ConfigError } from './errors.ts';
import {
  type CommandName,
  type Config,
  type OptionKey,
  type OptionRow,
  optionsOf,
  optionTable,
} from './options.ts';
import { brokenRules } from './rules.ts';

export interface Sources {
  /** As yargs gives them: by flag, a list where given more than once. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly dotenv: Readonly<Record<string, string | undefined>>;
  /** The parsed config file, and its name. */
  readonly file: { readonly name: string; readonly values: Readonly<Record<string, unknown>> } | null;
}

interface Found {
  readonly values: readonly string[];
  readonly from: string;
}

/**
 * Finds each option's value and reads it.
 * @throws ConfigError with every fault there is.
 */
export function resolveConfig(command: CommandName, sources: Sources): Config {
  const { config, faults, faulted } = readAll(command, sources);
  const env = { ...sources.dotenv, ...sources.env };
  faults.push(...unknownInFile(command, sources.file), ...brokenRules(command, config, env, faulted));
  if (faults.length > 0) throw new ConfigError(faults);
  return config;
}

/**
 * Options of `run` as a batch remembers them; each left out has its default. What only a whole command must have, an
 * agent's URL for one, may be missing.
 * @param settings Values by flag, as `settingsOf` gives them.
 */
export function rememberedConfig(settings: Readonly<Record<string, unknown>>): Config {
  const { config } = readAll('run', { flags: {}, env: {}, dotenv: {}, file: null });
  const values: Record<string, unknown> = { ...config };
  for (const [key, { flag }] of optionsOf('run')) {
    // Of headers, which may be secrets, a batch keeps the names alone.
    if (flag !== null && key !== 'headers' && settings[flag] !== undefined) values[key] = settings[flag];
  }
  return values as unknown as Config;
}

/** Which options somebody gave, wherever: the others have their defaults. */
export const givenOptions = (command: CommandName, sources: Sources): ReadonlySet<OptionKey> =>
  new Set(optionsOf(command).flatMap(([key, row]) => (find(row, sources) === null ? [] : [key])));

function readAll(command: CommandName, sources: Sources) {
  const faults: string[] = [];
  const faulted = new Set<OptionKey>();
  const values: Record<string, unknown> = {};
  const mine = new Set(optionsOf(command).map(([key]) => key));
  for (const [key, row] of Object.entries(optionTable) as [OptionKey, OptionRow<unknown>][]) {
    const { value, problems } = read(row, mine.has(key) ? find(row, sources) : null);
    values[key] = value;
    if (problems.length > 0) faulted.add(key);
    faults.push(...problems);
  }
  return { config: values as unknown as Config, faults, faulted };
}

function find(row: OptionRow<unknown>, { flags, env, dotenv, file }: Sources): Found | null {
  if (row.flag !== null && flags[row.flag] !== undefined) {
    return { values: textsOf(flags[row.flag]), from: `--${row.flag}` };
  }
  for (const [place, values] of [
    ['', env],
    [' in .env', dotenv],
  ] as const) {
    for (const name of row.env ?? []) {
      const value = values[name];
      // An empty variable is as good as none, but where empty means something: the auth scheme.
      if (value !== undefined && (value.trim() !== '' || row.kind.parse('') !== undefined)) {
        return { values: [value.trim()], from: `${name}${place}` };
      }
    }
  }
  const inFile = row.flag === null ? undefined : file?.values[row.flag];
  return inFile === undefined || inFile === null
    ? null
    : { values: textsOf(inFile), from: `${row.flag} in ${file?.name}` };
}

const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value : [value]).map(String);

function read(row: OptionRow<unknown>, found: Found | null): { value: unknown; problems: string[] } {
  const { kind } = row;
  const unset = kind.repeatable ? [] : kind.placeholder === null ? false : null;
  if (found === null) {
    return { value: row.default === undefined ? unset : kind.parse(row.default), problems: [] };
  }
  if (!kind.repeatable && found.values.length > 1) {
    return { value: unset, problems: [`${found.from}: given ${found.values.length} times, expected once`] };
  }
  const parsed = found.values.map((value) => ({ value, is: kind.parse(value) }));
  const problems = parsed
    .filter(({ is }) => is === undefined)
    .map(
      ({ value }) =>
        `${found.from}: expected ${kind.expects}, got ${shown(row, value)}${faultOf(kind, value)}`,
    );
  if (problems.length > 0) return { value: unset, problems };
  return { value: kind.repeatable ? parsed.map(({ is }) => is) : parsed[0]?.is, problems };
}

function faultOf({ fault }: OptionRow<unknown>['kind'], value: string): string {
  const told = fault?.(value) ?? null;
  return told === null ? '' : `: ${told}`;
}

/** Secrets are never shown, not even wrong ones; headers often hold one, webhooks' URLs too, and so may any URL. */
function shown(row: OptionRow<unknown>, value: string): string {
  if (row.flag === null || ['header', 'notify', 'ping'].includes(row.flag))
    return `something else (${value.length} characters, not shown)`;
  if (row.flag === 'url' || row.flag === 'judge-url')
    return JSON.stringify(value.replace(/\/\/[^/@]*@/, '//***@'));
  return value === '' ? 'nothing' : JSON.stringify(value);
}

function unknownInFile(command: CommandName, file: Sources['file']): string[] {
  const known = new Set(optionsOf(command).map(([, row]) => row.flag));
  return Object.keys(file?.values ?? {})
    .filter((name) => !known.has(name))
    .map((name) => `${file?.name}: ${JSON.stringify(name)} is no option of ${command}`);
}
