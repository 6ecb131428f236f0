/** What a dataset expects now, where it was changed since its answers were recorded. */

import { access } from 'node:fs/promises';
import { expectedOf } from '../job.ts';
import { isSame } from '../json.ts';
import type { Config } from '../options.ts';
import type { Example, JobRecord } from '../types.ts';
import type { KnownBatch } from './batch-config.ts';
import { loadDataset } from './dataset.ts';

/**
 * Gives a record the expectations and metadata that its example has now, if it still asks the same; undefined where the
 * dataset is as it was, or gone. Holds each example of a changed dataset.
 * @throws DatasetError, ConfigError
 */
export async function expectedNow(
  { manifest }: KnownBatch,
  config: Config,
): Promise<((record: JobRecord) => JobRecord) | undefined> {
  const { path, sha256 } = manifest.dataset;
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (path === '-' || !isThere) return undefined;
  const dataset = await loadDataset(path, path, config, { known: manifest.dataset });
  if (dataset.facts.sha256 === sha256) return undefined;
  const examples = new Map<string, Example>();
  for await (const row of dataset.allRows()) if (!('problem' in row)) examples.set(row.id, row);
  return (record) => {
    const example = examples.get(record.id);
    return example === undefined || !asksTheSame(example, record) ? record : withExpected(record, example);
  };
}

const asksTheSame = ({ input, turns }: Example, { turn, input: asked }: JobRecord): boolean =>
  isSame(turns === undefined ? input : turns[(turn ?? 1) - 1], asked);

function withExpected(record: JobRecord, example: Example): JobRecord {
  const { expected_tools: _, ...rest } = record;
  const { turns, expected, expectedTools, metadata } = example;
  return {
    ...rest,
    expected: turns === undefined ? expected : expectedOf(example, (record.turn ?? 1) - 1),
    ...(expectedTools !== undefined && { expected_tools: expectedTools }),
    metadata,
  };
}
