/** The batches of one place, as their manifests and summaries tell of them. */

import { readFile } from 'node:fs/promises';
import type { HistoryRow } from '../history-types.ts';
import { isObject, parseJson } from '../json.ts';
import type { Summary } from '../summary-types.ts';
import { batchFiles } from './files.ts';
import { batchesIn, type FoundBatch } from './locate.ts';
import type { Manifest } from './manifest.ts';

/**
 * All batches that lie in a directory, the newest first; of each only `batch.json` and `summary.json` are read.
 * What is no batch is passed over; a summary that cannot be read is told in its row.
 */
export async function readHistory(directory: string): Promise<HistoryRow[]> {
  const rows: HistoryRow[] = [];
  for await (const row of historyOf(directory, () => true)) rows.push(row);
  return rows;
}

/** The same, of those that are wanted: who stops early has read no summary of the others. */
export async function* historyOf(
  directory: string,
  isWanted: (manifest: Manifest) => boolean,
): AsyncGenerator<HistoryRow> {
  for (const batch of await batchesIn(directory, isWanted)) yield await rowOf(batch);
}

async function rowOf({ directory, manifest }: FoundBatch): Promise<HistoryRow> {
  const { id, started_at, state, agent } = manifest;
  const facts = { directory, id, started_at, state, agent_version: agent.version };
  const { summary, fault } = await readSummary(batchFiles(directory).summary);
  // What a killed start left is of the start before it.
  if (summary === null || state === 'running') return { ...facts, ...untold, fault };
  const { verdict, counts, scores, latency_ms, usage, drift } = summary;
  const ran = counts.success + counts.error + counts.interrupted;
  return {
    ...facts,
    verdict: verdict.verdict,
    exit_code: verdict.exit_code,
    counts,
    error_rate: ran === 0 ? null : counts.error / ran,
    scores: scores.map(({ name, mean }) => ({ name, mean })),
    latency_p50_ms: latency_ms.p50,
    total_tokens: usage?.total_tokens ?? null,
    drift: drift ?? null,
    fault: null,
  };
}

const untold = {
  verdict: null,
  exit_code: null,
  counts: null,
  error_rate: null,
  scores: [],
  latency_p50_ms: null,
  total_tokens: null,
  drift: null,
} as const;

/** An older threadmill's has no `drift`. */
type ReadSummary = Omit<Summary, 'drift'> & Partial<Pick<Summary, 'drift'>>;

/** A batch that has not ended yet has none, and no fault. */
async function readSummary(
  path: string,
): Promise<{ readonly summary: ReadSummary | null; readonly fault: string | null }> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => error);
  if (typeof text !== 'string') {
    const fault = text.code === 'ENOENT' ? null : `${path} cannot be read (${text.code})`;
    return { summary: null, fault };
  }
  const value = parseJson(text);
  if (isSummary(value)) return { summary: value, fault: null };
  return { summary: null, fault: `${path}: expected the summary of a batch, saw something else` };
}

const isSummary = (value: unknown): value is ReadSummary =>
  isObject(value) &&
  value['format'] === 1 &&
  ['verdict', 'counts', 'latency_ms'].every((name) => isObject(value[name])) &&
  Array.isArray(value['scores']);
