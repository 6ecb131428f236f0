/** A command's options as the batch remembers them, and as a person types them again. Pure. */

import { type Config, type OptionKey, type OptionRow, optionTable } from '../options.ts';
import type { Identity, Selection } from '../results/manifest.ts';
import type { Json } from '../types.ts';
import type { Order } from './order.ts';
import type { BatchPromise } from './promise.ts';

/** Every option of `run` but secrets, by flag. */
export function settingsOf(config: Config): Record<string, Json> {
  const rows = Object.entries(optionTable) as [OptionKey, OptionRow<unknown>][];
  const settings: Record<string, Json> = {};
  for (const [key, row] of rows) {
    if (row.flag === null || !row.commands.includes('run') || key === 'url') continue;
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
      ...(target.isLocal && { 'local graphs': target.version }),
    },
  };
}

/** The command that goes on with a batch: as it was typed, with its directory named. */
export function goOnCommand(argv: readonly string[], directory: string): string {
  const kept = argv.filter((arg) => arg !== '--new' && arg !== '--mend');
  const names = kept.some((arg) => /^(--out|-o)(=|$)/.test(arg));
  return ['threadmill', ...kept, ...(names ? [] : ['--out', directory])].map(quoted).join(' ');
}

const quoted = (arg: string): string =>
  /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`;
