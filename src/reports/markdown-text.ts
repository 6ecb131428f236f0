/** Strangers' texts in GitHub's and GitLab's Markdown: shown, never obeyed. */

import { shorten } from './shorten.ts';
import { visibleLine } from './terminal.ts';

/**
 * A text as code, on one line: nothing in it is markup, a link or a mention.
 * @param length UTF-16 units of it that are kept.
 */
export function code(text: string, length: number): string {
  const line = visibleLine(shorten(text, length));
  if (line === '') return '(empty)';
  const runs = [...line.matchAll(/`+/g)].map(([run]) => run.length);
  const fence = '`'.repeat(Math.max(0, ...runs) + 1);
  // Of a blank at both ends one would be dropped, and a backtick there would lengthen the fence.
  const pad = /^[` ]|[` ]$/.test(line) ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** A space without width, as an entity that a reader of the source sees. */
const nothing = '&#8203;';

/**
 * A sentence that may quote strangers: its markup is shown as it is, and no link, mention or reference is made of it.
 * To be put behind some text of ours, for at the start of a line even a number may be markup.
 */
export function prose(text: string, length: number): string {
  return visibleLine(shorten(text, length)).replace(special, (found) => {
    if (found === '&') return '&amp;';
    if (found === '<') return '&lt;';
    if (/[|\\`]/.test(found)) return `&#${found.charCodeAt(0)};`;
    if (/[*_~[\]$]/.test(found)) return `\\${found}`;
    // Escapes do not help: mentions, references and addresses are looked for in what was rendered.
    return found === '#' ? `\\#${nothing}` : found === '//' ? `/${nothing}/` : `${found}${nothing}`;
  });
}

const special = /[&<|\\`*_~[\]$#]|[@!](?=[\p{L}\p{N}_-])|\/\/|www\./giu;

/** A table's lines; its columns are aligned as told, `r` to the right. */
export function table(
  header: readonly string[],
  align: string,
  rows: readonly (readonly string[])[],
): { readonly head: string; readonly rows: string[] } {
  const rule = header.map((_, at) => (align[at] === 'r' ? '---:' : '---'));
  return { head: `${row(header)}\n${row(rule)}`, rows: rows.map(row) };
}

const row = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;

/** A bar ends a cell, in code too, unless it is escaped. Whether a backslash before it is escaped readers do not agree on. */
const cell = (text: string): string =>
  text.replace(/(\\*)\|/g, (_, before: string) => `${before.replaceAll('\\', '\\ ')}\\|`);

/** Texts by what they are, an item each below another item; null is left out. @param length As in `code`. */
export const textItems = (texts: Readonly<Record<string, string | null>>, length: number): string[] =>
  Object.entries(texts).flatMap(([what, text]) =>
    text === null ? [] : [`  - ${what}: ${code(text, length)}`],
  );

export interface Room {
  readonly mostBytes: number;
  /** Items shown at most. Default: all. */
  readonly most?: number;
  /** Items there are, where not all are at hand. */
  readonly total?: number;
}

/** As many items from the first on as there is room for, and what is told of those left out. */
export function firstThatFit(
  items: readonly string[],
  { mostBytes, most = items.length, total = items.length }: Room,
  tell: (left: number) => string,
): string[] {
  let bytes = 0;
  let count = 0;
  for (const item of items.slice(0, most)) {
    bytes += Buffer.byteLength(item) + 1;
    if (bytes > mostBytes) break;
    count += 1;
  }
  const shown = items.slice(0, count);
  return count === total ? shown : [...shown, tell(total - count)];
}
