/** Files that arrived for a schedule, and where the batch of each goes. */

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { glob } from 'tinyglobby';
import { arrivedBefore, directoryNames, type SeenFile, sortFiles } from '../schedules/arrivals.ts';
import type { ArrivedFile } from '../schedules/state.ts';
import type { Work } from '../schedules/transitions.ts';

export interface Inbox {
  /** Relative paths start there. */
  readonly home: string;
  readonly pattern: string;
  /** What the schedule took before. */
  readonly arrived: readonly ArrivedFile[];
  /** Of the firing, under `out`. */
  readonly directory: string;
}

export interface Arrivals {
  /** Those that are new, and those whose batch is not finished, which goes on where it is; by path. */
  readonly works: readonly Work[];
  /** Still being written: they are to be looked at again. */
  readonly unsettled: readonly string[];
  /** Why some cannot be read, a sentence each. */
  readonly unreadable: readonly string[];
}

/** @param nowMs The wall clock. */
export async function lookForFiles(
  { home, pattern, arrived, directory }: Inbox,
  nowMs: number,
): Promise<Arrivals> {
  const seen = await see(home, pattern);
  const { begun, unknown, unsettled } = sortFiles(seen, arrived, nowMs);
  const fresh: { readonly file: SeenFile; readonly sha256: string }[] = [];
  const again: ArrivedFile[] = [...begun];
  const changing = unsettled.map(({ path }) => path);
  const unreadable: string[] = [];
  for (const file of unknown) {
    const sha256 = await hashOf(home, file).catch((error: unknown) => {
      unreadable.push(
        `${file.path}: cannot be read (${error instanceof Error ? error.message : String(error)})`,
      );
      return undefined;
    });
    if (sha256 === undefined) continue;
    const before = sha256 === null ? undefined : arrivedBefore(file, sha256, arrived);
    if (sha256 === null) changing.push(file.path);
    else if (before === undefined) fresh.push({ file, sha256 });
    else if (!before.is_done) again.push(before);
  }
  const names = directoryNames(fresh.map(({ file }) => file.path));
  const works = [
    ...again.map(({ path, directory: its, sha256, size, modified }) => ({
      dataset: path,
      directory: its,
      file: { sha256, size, modified },
    })),
    ...fresh.map(({ file: { path, size, modified }, sha256 }, at) => ({
      dataset: path,
      directory: join(directory, names[at] ?? ''),
      file: { sha256, size, modified },
    })),
  ];
  works.sort((one, other) => (one.dataset < other.dataset ? -1 : 1));
  return { works, unsettled: changing, unreadable };
}

/** All that match now, by path; what is no file, or is gone again, is passed over. */
async function see(home: string, pattern: string): Promise<SeenFile[]> {
  const paths = await glob(pattern, { cwd: home, onlyFiles: true, expandDirectories: false });
  const seen = await Promise.all(paths.map((path) => seeOne(home, path)));
  return seen.filter((file) => file !== null);
}

async function seeOne(home: string, path: string): Promise<SeenFile | null> {
  const facts = await stat(resolve(home, path)).catch(() => null);
  if (facts === null) return null;
  const { size, mtime, mtimeMs, ctimeMs } = facts;
  return { path, size, modified: mtime.toISOString(), changedMs: Math.max(mtimeMs, ctimeMs) };
}

/** SHA-256 of what it holds, piece by piece; null where it changed or went meanwhile. @throws Where it cannot be read. */
async function hashOf(home: string, file: SeenFile): Promise<string | null> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(resolve(home, file.path)), hash);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  const now = await seeOne(home, file.path);
  const isSame = now !== null && now.size === file.size && now.changedMs === file.changedMs;
  return isSame ? hash.digest('hex') : null;
}
