/** What takes the types out of a user's TypeScript where Node does not. */

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigError } from '../../errors.ts';
import type { Stripper } from './messages.ts';

/**
 * Null where none is needed.
 * @param cwd Looked in after the file's own place.
 * @throws ConfigError where one is needed and none is there.
 */
export function stripperFor(file: string, cwd: string): Stripper | null {
  if (!/\.[mc]?ts$/.test(file) || stripsTypes()) return null;
  for (const name of ['typescript', 'esbuild'] as const) {
    for (const from of [file, join(cwd, 'package.json')]) {
      const path = resolved(name, from);
      if (path !== null) return { name, url: pathToFileURL(path).href };
    }
  }
  throw new ConfigError(
    `--scorer ${file}: expected a Node that reads TypeScript (22.18 or newer), or the package typescript or esbuild beside the file (npm install typescript), saw Node ${process.versions.node} and neither: install one, or write the scorer as .mjs`,
  );
}

const stripsTypes = (): boolean =>
  'typescript' in process.features && Boolean((process.features as { typescript?: unknown }).typescript);

function resolved(name: string, from: string): string | null {
  try {
    return createRequire(from).resolve(name);
  } catch {
    return null;
  }
}
