/** `--answers`: the rules that answer runs which wait for a human. */

import { readFile } from 'node:fs/promises';
import { type Rule, readRules } from '../answers/index.ts';
import { ConfigError } from '../errors.ts';

/** @param path Null: there are none. @throws ConfigError with every fault, each with its line: before anything is sent. */
export async function rulesOf(path: string | null): Promise<readonly Rule[]> {
  if (path === null) return [];
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new ConfigError(
      `--answers: ${path} cannot be read (${error instanceof Error ? error.message : String(error)})`,
    );
  });
  const read = await readRules(text, path);
  if ('faults' in read) throw new ConfigError(read.faults.map((fault) => `--answers: ${fault}`));
  return read.rules;
}
