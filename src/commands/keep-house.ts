/** Deletes the directories of old firings, as `keep_last` says. */

import { readdir, rename, rm } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { batchFiles } from '../results/files.ts';
import { readHistory } from '../results/history.ts';
import { readManifest } from '../results/manifest.ts';
import { isFiringName, type KeptFiring, toDelete } from '../schedules/keep.ts';
import type { Schedule } from '../schedules/schedule.ts';
import { baseline } from '../values.ts';
import { isGood } from './last-good.ts';

interface House {
  /** Of the file of schedules. */
  readonly home: string;
  readonly out: string;
  readonly say: (line: string) => void;
}

/** Marks what is on its way out: a kill in between leaves no half of a firing under its own name. */
const leaving = '.deleted';

/** What cannot be deleted is told, and stops nothing. */
export async function keepHouse(schedule: Schedule, { home, out, say }: House): Promise<void> {
  const { name, keepLast } = schedule;
  if (keepLast === null) return;
  const place = join(out, name);
  try {
    const entries = await readdir(place, { withFileTypes: true });
    const directories = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    for (const left of directories.filter((one) => one.endsWith(leaving))) {
      if (isFiringName(left.slice(0, -leaving.length))) await rm(join(place, left), { recursive: true });
    }
    const baselines = await baselinesOf(schedule, { home, place });
    const firings: KeptFiring[] = [];
    for (const one of directories.filter(isFiringName)) {
      const directory = join(place, one);
      firings.push({
        name: one,
        isFinished: await isFinished(directory),
        isBaseline: baselines.some((path) => `${path}${sep}`.startsWith(`${directory}${sep}`)),
      });
    }
    for (const old of toDelete(firings, keepLast)) {
      const directory = join(place, old);
      say(`${name}: ${directory} is deleted (keep_last: ${keepLast}).`);
      await rename(directory, `${directory}${leaving}`);
      await rm(`${directory}${leaving}`, { recursive: true });
    }
  } catch (error) {
    say(`${name}: keep_last: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Of one batch, or of one for each file that arrived. */
async function isFinished(directory: string): Promise<boolean> {
  const own = await manifestOf(directory);
  if (own !== null) return own.state === 'finished';
  const entries = await readdir(directory, { withFileTypes: true });
  if (entries.length === 0 || entries.some((entry) => !entry.isDirectory())) return false;
  const inner = await Promise.all(entries.map((entry) => manifestOf(join(directory, entry.name))));
  return inner.every((manifest) => manifest?.state === 'finished');
}

const manifestOf = (directory: string) => readManifest(batchFiles(directory).manifest).catch(() => null);

/** What the next batch is compared with: the one that is named, or as many of the last good ones as it takes together. */
async function baselinesOf(
  { options }: Schedule,
  { home, place }: { readonly home: string; readonly place: string },
): Promise<readonly string[]> {
  const [named] = options['baseline'] ?? [];
  if (named === undefined) return [];
  const wish = baseline.parse(named);
  if (typeof wish !== 'object') return [resolve(home, named)];
  const good = (await readHistory(place)).filter(isGood);
  return good.slice(0, wish.last).map(({ directory }) => directory);
}
