/** `threadmill report`: renders a batch again from its journal; nobody is asked. */

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ConfigError } from '../errors.ts';
import type { Config } from '../options.ts';
import { renderers } from '../reports/index.ts';
import { createSummary } from '../reports/summary.ts';
import { visible } from '../reports/terminal.ts';
import { type BatchFiles, batchFiles } from '../results/files.ts';
import { type Manifest, readManifest } from '../results/manifest.ts';
import { readJournal } from '../sinks/jsonl.ts';
import { RecordIndex } from '../sinks/record-index.ts';
import type { Summary } from '../types.ts';
import { endText, writeCsv } from './finish.ts';
import type { Io } from './io.ts';
import { journalRows, recordedRows } from './recorded-dataset.ts';

/** Gives the exit code: 0, whatever the batch's verdict was. @throws ConfigError, JournalError, SinkError */
export async function report(batch: string, config: Config, io: Io): Promise<number> {
  const files = batchFiles(resolve(io.cwd, batch));
  const manifest = await readManifest(files.manifest);
  if (manifest === null) {
    throw new ConfigError(`${batch}: expected a batch directory, found no batch.json in it`);
  }
  if (config.reportFormat === 'csv') {
    await writeCsvAgain(manifest, files, config, io);
    return 0;
  }
  const summary = await summarise(manifest, files);
  const text =
    config.reportFormat === 'json'
      ? renderers.json(summary)
      : await endText(summary, files, [], {
          io,
          terminal: io.stdout,
          canRunAgain: summary.counts.error > summary.counts.uncertain,
        });
  io.stdout.write(text);
  return 0;
}

async function writeCsvAgain(manifest: Manifest, files: BatchFiles, config: Config, io: Io): Promise<void> {
  const index = new RecordIndex();
  for await (const { record, offset } of readJournal(files.journal, { cutBytes: 0 })) {
    index.add({ index: record.index, trial: record.trial, turn: record.turn ?? 1 }, record.outcome, offset);
  }
  const rows = await recordedRows(manifest, files);
  if (rows === null) {
    io.stderr.write('The dataset is not there as it was: its columns are made from the journal.\n');
  }
  await writeCsv(rows ?? (await journalRows(manifest, files, index)), files, index, config);
  io.stderr.write(`Wrote the CSV files in ${visible(files.directory)}.\n`);
}

async function summarise(manifest: Manifest, files: BatchFiles): Promise<Summary> {
  const summary = createSummary();
  for await (const { record } of readJournal(files.journal, { cutBytes: 0 })) summary.replay(record);
  const was = await lastSummary(files.summary);
  const { url, id, name, version } = manifest.agent;
  const facts = {
    id: manifest.id,
    directory: files.directory,
    dataset: manifest.dataset.path,
    agent: { url, id, name, version },
    mode: manifest.identity.mode,
    delivery: manifest.identity.delivery,
    state: manifest.state,
    started_at: manifest.started_at,
  };
  return summary.summarise({
    batch: facts,
    planned: manifest.planned,
    stop: was?.stop ?? null,
    elapsedMs: was?.elapsed_ms ?? 0,
  });
}

/** Why the batch stopped, and how long its last start took; null where it was killed in its first. */
async function lastSummary(path: string): Promise<Pick<Summary, 'stop' | 'elapsed_ms'> | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Summary;
  } catch {
    return null;
  }
}
