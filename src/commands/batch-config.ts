/** The options of a command about a batch that is there: the batch's own, but for those that are given anew. */

import { relative, resolve } from 'node:path';
import { rememberedConfig } from '../config.ts';
import { ConfigError } from '../errors.ts';
import type { Config, OptionKey } from '../options.ts';
import { type BatchFiles, batchFiles } from '../results/files.ts';
import { type Manifest, readManifest } from '../results/manifest.ts';
import { brokenRules } from '../rules.ts';
import type { Io } from './io.ts';
import { isOwnUrl } from './target.ts';

export interface KnownBatch {
  readonly files: BatchFiles;
  readonly manifest: Manifest;
}

/** @throws ConfigError where the directory holds no batch. */
export async function readBatch(batch: string, cwd: string): Promise<KnownBatch> {
  const files = batchFiles(resolve(cwd, batch));
  const manifest = await readManifest(files.manifest);
  if (manifest !== null) return { files, manifest };
  throw new ConfigError(`${batch}: expected a batch directory, found no batch.json in it`);
}

/**
 * URL and agent are always the batch's own; secrets are the user's, for a batch keeps none.
 * @param given Options that somebody gave this command.
 * @throws ConfigError
 */
export function configOfBatch(
  { manifest, files }: KnownBatch,
  config: Config,
  given: ReadonlySet<OptionKey>,
  { env, cwd }: Io,
): Config {
  const { identity, settings } = manifest;
  const anew = Object.fromEntries([...given].map((key) => [key, config[key]])) as Partial<Config>;
  const all: Config = {
    ...rememberedConfig(settings),
    ...anew,
    apiKey: config.apiKey,
    judgeKey: config.judgeKey,
    headers: config.headers,
    only: config.only,
    kinds: config.kinds,
    url: isOwnUrl(identity.url) ? null : identity.url,
    agent: identity.agent,
    out: relative(cwd, files.directory) || '.',
    new: false,
    mend: false,
    dryRun: false,
    yes: config.yes,
    acceptAgentChange: false,
  };
  const faults = brokenRules('run', all, env);
  if (faults.length > 0) throw new ConfigError(faults);
  return all;
}
