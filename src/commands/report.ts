/** `threadmill report`: renders a batch again from its journal; nobody is asked. */

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ConfigError } from '../errors.ts';
import type { Config } from '../options.ts';
import { renderers } from '../reports/index.ts';
import { createSummary } from '../reports/summary.ts';
import { batchFiles } from '../results/files.ts';
import { type Manifest, readManifest } from '../results/manifest.ts';
import { readJournal } from '../sinks/jsonl.ts';
import { RecordIndex } from '../sinks/record-index.ts';
import type { Stop, Summary } from '../types.ts';
import { endText, writeCsv } from './finish.ts';
import type { Io } from './io.ts';
import { loadRecordedDataset } from './recorded-dataset.ts';

/** Gives the exit code: 0, whatever the batch's verdict was. @throws ConfigError, JournalError, SinkError */
export async function report(batch: string, config: Config, io: Io): Promise<number> {
  const files = batchFiles(resolve(io.cwd, batch));
  const manifest = await readManifest(files.manifest);
  if (manifest === null)
    throw new ConfigError(`${batch}: expected a batch directory, found no batch.json in it`);
  if (config.reportFormat === 'csv') {
    const index = new RecordIndex();
    for await (const { record, offset } of readJournal(files.journal, { cutBytes: 0 })) {
      index.add({ index: record.index, trial: record.trial, turn: record.turn ?? 1 }, record.outcome, offset);
    }
    const dataset = await loadRecordedDataset(manifest, files);
    await writeCsv(dataset, files, index, config);
    io.stderr.write(`Wrote the CSV files in ${batch}.\n`);
    return 0;
  }
  const summary = await summarise(manifest, files);
  if (config.reportFormat === 'json') io.stdout.write(renderers.json(summary));
  else io.stdout.write(await endText(summary, files, [], io));
  return 0;
}

async function summarise(manifest: Manifest, files: ReturnType<typeof batchFiles>): Promise<Summary> {
  const summary = createSummary();
  let recorded = 0;
  for await (const { record } of readJournal(files.journal, { cutBytes: 0 })) {
    summary.replay(record);
    recorded += 1;
  }
  const was = await lastSummary(files.summary);
  const { url, id, name, version } = manifest.agent;
  return summary.summarise({
    batch: {
      id: manifest.id,
      directory: files.directory,
      dataset: manifest.dataset.path,
      agent: { url, id, name, version },
      mode: manifest.identity.mode,
      delivery: manifest.identity.delivery,
      state: manifest.state,
      started_at: manifest.started_at,
    },
    planned: Math.max(recorded, was?.counts.planned ?? recorded),
    stop: was?.stop ?? null,
    elapsedMs: was?.elapsed_ms ?? 0,
  });
}

/** Of the last end: how many turns were planned, and why it stopped. */
async function lastSummary(
  path: string,
): Promise<{ counts: { planned: number }; stop: Stop | null; elapsed_ms: number } | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Summary;
  } catch {
    return null;
  }
}
