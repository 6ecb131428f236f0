/** A command's options as the batch remembers them, and as a person types them again. Pure. */

import { type Config, type OptionKey, type OptionRow, optionTable } from '../options.ts';
import type { Identity, Selection } from '../results/manifest.ts';
import type { Amount, Summary } from '../summary-types.ts';
import type { Json } from '../types.ts';
import type { Order } from './order.ts';
import type { BatchPromise } from './promise.ts';

/** The URL has a place of its own; those of webhooks are secrets. */
const notKept: readonly OptionKey[] = ['url', 'notify', 'ping'];

/** Every option of `run` but secrets, by flag. */
export function settingsOf(config: Config): Record<string, Json> {
  const rows = Object.entries(optionTable) as [OptionKey, OptionRow<unknown>][];
  const settings: Record<string, Json> = {};
  for (const [key, row] of rows) {
    if (row.flag === null || !row.commands.includes('run') || notKept.includes(key)) continue;
    settings[row.flag] =
      key === 'headers' ? config.headers.map(({ name }) => name) : ((config[key] ?? null) as Json);
  }
  return settings;
}

export const selectionOf = ({ limit, offset, sample, seed, ids, repeat }: Config): Selection => ({
  limit,
  offset,
  sample,
  seed: sample === null ? 0 : seed,
  ids,
  repeat,
});

/** Under this name their hash is part of an identity. */
export const localGraphs = 'local graphs';

export function identityOf({ target, config, body }: Order, promise: BatchPromise): Identity {
  return {
    url: target.url,
    agent: target.agent,
    ...promise,
    inputs: {
      '--template': config.template,
      '--body': body,
      '--format': config.format,
      '--encoding': config.encoding,
      '--input-column': config.inputColumn,
      '--id-column': config.idColumn,
      '--thread-column': config.threadColumn,
      '--expected-column': config.expectedColumn,
      '--skip-bad-rows': config.skipBadRows,
      ...(target.version !== null && { [localGraphs]: target.version }),
      ...(target.command !== null && { '--serve-command': target.command }),
    },
  };
}

/** The command that goes on with a batch: as it was typed, with its directory named. */
export function goOnCommand(argv: readonly string[], directory: string): string {
  const kept = argv.filter((arg) => !['--new', '--mend', '--stop-when-decided'].includes(arg));
  const names = kept.some((arg) => /^(--out|-o)(=|$)/.test(arg));
  return shownCommand([...kept, ...(names ? [] : ['--out', directory])]);
}

interface Limit {
  readonly flag: string;
  readonly value: number;
}

/** The limits of a budget with which, by the mean so far, all turns left fit; none where no mean is known. */
export function raisedLimits({ budget }: Pick<Summary, 'budget'>, turnsLeft: number): Limit[] {
  const raised = (flag: string, amount: Amount | null | undefined): Limit[] => {
    if (!amount || amount.mean === null) return [];
    const needed = amount.spent + amount.mean * turnsLeft;
    return [{ flag, value: Math.max(amount.limit, twoDigitsUp(1.1 * needed)) }];
  };
  return [...raised('--max-tokens', budget?.tokens), ...raised('--max-cost', budget?.cost)];
}

/** The next number of two digits and noughts. */
function twoDigitsUp(number: number): number {
  const power = Math.floor(Math.log10(number)) - 1;
  const digits = Math.ceil(number / 10 ** power);
  return power < 0 ? Number((digits / 10 ** -power).toFixed(-power)) : digits * 10 ** power;
}

/** A command as it was typed, with these limits instead of its own. */
export function budgeted(argv: readonly string[], limits: readonly Limit[]): string[] {
  const isLimit = (arg: string | undefined) => arg === '--max-tokens' || arg === '--max-cost';
  const kept = argv.filter(
    (arg, at) => !isLimit(arg) && !isLimit(argv[at - 1]) && !/^--max-(tokens|cost)=/.test(arg),
  );
  return [...kept, ...limits.flatMap(({ flag, value }) => [flag, String(value)])];
}

export const shownCommand = (argv: readonly string[]): string =>
  ['threadmill', ...withoutSecrets(argv)].map(shown).join(' ');

const isSecretFlag = (arg: string | undefined) => arg === '--notify' || arg === '--ping';

/** A webhook's URL is often a secret; a variable's name is none. */
const withoutSecrets = (argv: readonly string[]): readonly string[] =>
  argv.map((arg, at) => {
    const [, flag = '', value = arg] = /^(--notify=|--ping=)(.*)$/s.exec(arg) ?? [];
    const isSecret = (flag !== '' || isSecretFlag(argv[at - 1])) && !/^\$\{\w+\}$/.test(value);
    return isSecret ? `${flag}***` : arg;
  });

/** As a shell takes it for one argument. */
export const shown = (arg: string): string =>
  /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`;
