/** What a document says, for the tests that compare it with the code. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');
export const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Every document of ours, by its path from the root. */
export function documents(): string[] {
  const below = ['docs', 'datasets', 'test', 'bench'].flatMap((directory) =>
    readdirSync(join(root, directory), { recursive: true, encoding: 'utf8' }).map(
      (name) => `${directory}/${name}`,
    ),
  );
  return [...readdirSync(root), ...below].filter((name) => name.endsWith('.md')).sort();
}

const fence = /^```[^\n]*\n([\s\S]*?)^```$/gm;
const span = /(`+)(?!`)([^\n]*?[^`])\1(?!`)/g;

/** Lines of code blocks, and what stands between backticks; a table's escaped bars are bars. */
export function codeOf(text: string): string[] {
  const blocks = [...text.matchAll(fence)].flatMap(([, code = '']) => code.split('\n'));
  const spans = [...withoutBlocks(text).matchAll(span)].map(([, , code = '']) => code.replaceAll('\\|', '|'));
  return [...blocks, ...spans];
}

const withoutBlocks = (text: string) => text.replace(fence, '');

/** Where its links point to. */
export function linksOf(text: string): string[] {
  const prose = withoutBlocks(text).replace(span, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
}

/** The anchors of its headings, as GitHub makes them. */
export function anchorsOf(text: string): string[] {
  const headings = [...withoutBlocks(text).matchAll(/^#{1,6} (.+)$/gm)].map(([, title = '']) => title);
  return headings.map((title) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}

/** What stands below a heading, up to the next one that is no deeper. */
export function sectionOf(text: string, title: string): string {
  const lines = text.split('\n');
  const from = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === title);
  if (from === -1) throw new Error(`there is no heading ${JSON.stringify(title)}`);
  const depth = /^#+/.exec(lines[from] ?? '')?.[0].length ?? 0;
  const length = lines.slice(from + 1).findIndex((line) => new RegExp(`^#{1,${depth}} `).test(line));
  return lines.slice(from + 1, length === -1 ? undefined : from + 1 + length).join('\n');
}

/** The code in the first cell of each row of its tables. */
export function firstCells(text: string): string[] {
  return [...text.matchAll(/^\| ([^|]*)\|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code),
  );
}
