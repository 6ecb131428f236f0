/** Which directory a batch has. */

import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { batchFiles } from './files.ts';
import { type Manifest, readManifest } from './manifest.ts';

/** A file name has 255 bytes at most: room for the longest character, the time, and `.old-<time>`. */
const longestName = 50;

/** `<dataset name>-<UTC time>`, e.g. `support-20261122T145206Z`. */
export function batchName(datasetPath: string, date: Date): string {
  const name = basename(datasetPath).replace(/(\.(csv|tsv|jsonl|ndjson|json))?(\.gz)?$/i, '');
  const time = date.toISOString().replace(/[-:]|\.\d+/g, '');
  const short = [...name].slice(0, longestName).join('');
  return `${short === '' || short === '-' ? 'stdin' : short}-${time}`;
}

export interface FoundBatch {
  readonly directory: string;
  readonly manifest: Manifest;
}

/** The newest batch under `parent` that is wanted; null where there is none. */
export async function newestBatch(
  parent: string,
  isWanted: (manifest: Manifest) => boolean,
): Promise<FoundBatch | null> {
  const [newest = null] = await batchesIn(parent, isWanted);
  return newest;
}

/** The batches under `parent` that are wanted, the newest first. What is no batch of ours is passed over. */
export async function batchesIn(
  parent: string,
  isWanted: (manifest: Manifest) => boolean,
): Promise<FoundBatch[]> {
  const entries = await readdir(parent, { withFileTypes: true }).catch(() => []);
  const found: FoundBatch[] = [];
  for (const entry of entries) {
    if (!entry.isDirectory()) continue;
    const directory = join(parent, entry.name);
    const manifest = await readManifest(batchFiles(directory).manifest).catch(() => null);
    if (manifest !== null && isWanted(manifest)) found.push({ directory, manifest });
  }
  const startOf = ({ manifest }: FoundBatch) => Date.parse(manifest.started_at);
  return found.sort((one, other) => startOf(other) - startOf(one));
}
