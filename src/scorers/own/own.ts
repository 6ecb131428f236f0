import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Scorer, ScorerKind } from '../../contracts.ts';
import { ConfigError } from '../../errors.ts';
import { isScript } from './file-name.ts';
import { type Patience, patience, ScorerThread } from './runner.ts';
import { stripperFor } from './stripper.ts';

/** A scorer in a file of the user's own: its default export is called with the record. */
export const file: ScorerKind = {
  judges: 'a function of your own says so',
  argument: 'a JavaScript or TypeScript file; ./mine.ts alone will do',
  create: (argument, { cwd = '.' }) => ownScorer(argument ?? '', cwd, patience),
};

/** @throws ConfigError where the file is not there, or cannot be loaded. */
export async function ownScorer(name: string, cwd: string, limits: Patience): Promise<Scorer> {
  const path = resolve(cwd, name);
  if (!isScript(name) || !(await isFile(path))) {
    throw new ConfigError(
      `--scorer: expected a JavaScript or TypeScript file, ${isScript(name) ? 'found none at' : 'got'} ${JSON.stringify(name)}`,
    );
  }
  const order = { fileUrl: pathToFileURL(path).href, stripper: stripperFor(path, resolve(cwd)) };
  const thread = new ScorerThread(order, limits);
  const loaded = await thread.load();
  if (typeof loaded === 'string') throw new ConfigError(`--scorer ${name}: ${loaded}`);
  return { needsExpected: loaded.needsExpected, score: (record) => thread.score(record) };
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (facts) => facts.isFile(),
    () => false,
  );
