/** Files that arrive: which are new, and which are still being written. Pure. */

import { basename } from 'node:path';
import type { ArrivedFile } from './state.ts';

export interface SeenFile {
  readonly path: string;
  readonly size: number;
  readonly modified: string;
  /** When anything of it was changed last, ms: no program sets this time back. */
  readonly changedMs: number;
}

/** A file that nobody has touched for so long is no longer being written. */
export const settledAfterMs = 10_000;

/** Is it one that a program is still to give its name? */
const unfinishedName = /^\.|\.(part|partial|tmp|temp|crdownload|filepart|swp)$|~$/i;

export interface Sorted {
  /** Known by path, size and time: what they hold need not be read again. Those that are done are not among them. */
  readonly begun: readonly ArrivedFile[];
  /** What they hold is to be looked at. */
  readonly unknown: readonly SeenFile[];
  /** Still being written, for all that can be seen. */
  readonly unsettled: readonly SeenFile[];
}

/** @param now The wall clock, ms. A file of the future counts as just written. */
export function sortFiles(seen: readonly SeenFile[], arrived: readonly ArrivedFile[], now: number): Sorted {
  const known = new Map(arrived.map((file) => [file.path, file])); // the latest of a path
  const begun: ArrivedFile[] = [];
  const unknown: SeenFile[] = [];
  const unsettled: SeenFile[] = [];
  for (const file of seen) {
    if (unfinishedName.test(basename(file.path))) continue;
    const same = known.get(file.path);
    if (same !== undefined && same.size === file.size && same.modified === file.modified) {
      if (!same.is_done) begun.push(same);
    } else if (now - file.changedMs < settledAfterMs) unsettled.push(file);
    else unknown.push(file);
  }
  return { begun, unknown, unsettled };
}

/** By path and content; undefined: it is new. */
export const arrivedBefore = (
  { path }: SeenFile,
  sha256: string,
  arrived: readonly ArrivedFile[],
): ArrivedFile | undefined => arrived.find((file) => file.path === path && file.sha256 === sha256);

/** In UTF-8; a name may have 255. */
const longestNameBytes = 200;

/** A directory's name for each path, all different: the file's own, with `_` for what is no good in a name. */
export function directoryNames(paths: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return paths.map((path) => {
    const name = safeName(basename(path));
    let unused = name;
    for (let number = 2; taken.has(unused.toLowerCase()); number += 1) unused = `${name}-${number}`;
    taken.add(unused.toLowerCase());
    return unused;
  });
}

function safeName(name: string): string {
  const clean = name.replace(/[\p{C}\p{Z}/\\:*?"<>|]/gu, '_').replace(/^[.-]+/, '_');
  let short = '';
  for (const character of clean) {
    if (Buffer.byteLength(short + character) > longestNameBytes) break;
    short += character;
  }
  return short === '' ? '_' : short;
}
