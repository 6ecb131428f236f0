/** The dataset of a batch, to make its CSV files again: the file where it still is, else what the journal kept of it. */

import { access } from 'node:fs/promises';
import { resolveConfig } from '../config.ts';
import { DatasetError } from '../errors.ts';
import type { BatchFiles } from '../results/files.ts';
import type { Manifest } from '../results/manifest.ts';
import { type Dataset, loadDataset } from './dataset.ts';

/** @throws DatasetError where the file is gone or was changed. */
export async function loadRecordedDataset(manifest: Manifest, files: BatchFiles): Promise<Dataset> {
  const { path } = manifest.dataset;
  const file = path === '-' ? files.dataset : path;
  await access(file).catch(() => {
    throw new DatasetError(
      file,
      'the dataset of this batch is not there any more, and its own columns are needed',
    );
  });
  const settings = Object.fromEntries(
    Object.entries(manifest.settings).filter(([, value]) => value !== null && value !== false),
  );
  const config = resolveConfig('run', { flags: flagsOf(settings), env: {}, dotenv: {}, file: null });
  const dataset = await loadDataset(file, path === '-' ? '-' : file, config);
  if (dataset.facts.sha256 !== manifest.dataset.sha256) {
    throw new DatasetError(
      file,
      'the dataset was changed since this batch; threadmill run goes on with it as it is now',
    );
  }
  return dataset;
}

const readingFlags = [
  'format',
  'encoding',
  'input-column',
  'id-column',
  'thread-column',
  'expected-column',
  'template',
  'limit',
  'offset',
  'sample',
  'seed',
  'ids',
  'skip-bad-rows',
];

/** As they would be typed. */
function flagsOf(settings: Readonly<Record<string, unknown>>): Record<string, string> {
  const flags: Record<string, string> = {};
  for (const name of readingFlags) {
    const value = settings[name];
    if (value !== undefined) flags[name] = Array.isArray(value) ? value.join(',') : String(value);
  }
  return flags;
}
