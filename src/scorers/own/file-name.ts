/** Which texts name a file with a scorer. Pure. */

import { basename } from 'node:path';

const script = /\.[mc]?[jt]s$/;
export const isScript = (name: string): boolean => script.test(name);

/** Does a text name a file, and no scorer? `regex:a.js` does not. */
export const namesFile = (text: string): boolean =>
  /^(?:\.{0,2}[\\/]|[A-Za-z]:[\\/])/.test(text) || (isScript(text) && !text.includes(':'));

/** What its scores are called where nobody says: `mine` of `./mine.ts`. */
export const nameOfFile = (path: string): string =>
  basename(path.replaceAll('\\', '/'))
    .replace(script, '')
    .replace(/[^\w-]+/g, '-')
    .replace(/^[^A-Za-z]*/, '') || 'file';
