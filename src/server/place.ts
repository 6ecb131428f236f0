/** Where this room's built files lie: the child is a process of its own, and plain node cannot run the sources. */

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

// From the sources (in tests) the build is two folders up and over; once built, it is right here.
const builtRoom = new URL(import.meta.url.endsWith('.ts') ? '../../dist/server/' : './', import.meta.url);

/** The path of a built file of this room, e.g. `child.js`. */
export const builtFile = (name: string): string => fileURLToPath(new URL(name, builtRoom));

/** threadmill's own version. */
export async function packageVersion(): Promise<string> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  return String(JSON.parse(text).version);
}
