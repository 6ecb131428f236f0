import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** What a file holds that an argument or an assertion names; null where it cannot be read. Read at once, for it is small and read once. */
export function textInFile(path: string, cwd: string): string | null {
  try {
    return readFileSync(resolve(cwd, path), 'utf8');
  } catch {
    return null;
  }
}
