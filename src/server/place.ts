/** Where this room's built files lie: the child is a process of its own, and plain node cannot run the sources. */

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../package-root.ts';

/** The path of a built file of this room, e.g. `child.js`. */
export const builtFile = (name: string): string => fileURLToPath(new URL(`dist/server/${name}`, packageRoot));

/** threadmill's own version. */
export async function packageVersion(): Promise<string> {
  const text = await readFile(new URL('package.json', packageRoot), 'utf8');
  return String(JSON.parse(text).version);
}
