/** `threadmill report`: renders a batch again from its journal; nobody is asked. */

import { readFile } from 'node:fs/promises';
import { rememberedConfig } from '../config.ts';
import type { Config } from '../options.ts';
import { renderers } from '../reports/index.ts';
import { createSummary, type SummaryBuilder } from '../reports/summary.ts';
import { visible } from '../reports/terminal.ts';
import type { BatchFiles } from '../results/files.ts';
import type { Manifest } from '../results/manifest.ts';
import { keyOf, RecordIndex } from '../sinks/record-index.ts';
import { visitJournal } from '../sinks/visit.ts';
import { budgetFacts, createSpending, type Spending } from '../spending.ts';
import type { Summary } from '../types.ts';
import { readBatch } from './batch-config.ts';
import { endText, writeCsv } from './finish.ts';
import type { Io } from './io.ts';
import { summariseNewest } from './newest.ts';
import { journalRows, placesById, recordedRows } from './recorded-dataset.ts';
import { readScores } from './score-table.ts';

/** Gives the exit code: 0, whatever the batch's verdict was. @throws ConfigError, JournalError, SinkError */
export async function report(batch: string, config: Config, io: Io): Promise<number> {
  const { files, manifest } = await readBatch(batch, io.cwd);
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
  const rows = await recordedRows(manifest, files);
  if (rows === null) {
    io.stderr.write('The dataset is not there as it was: its columns are made from the journal.\n');
  }
  const index = new RecordIndex();
  const isMoved = manifest.dataset.moved === true;
  const placeOf = isMoved ? await placesById(manifest, rows) : keyOf;
  await visitJournal(isMoved ? { ...files, digest: null } : files, {
    plain: (entry) => {
      index.add(placeOf(entry), entry.outcome, entry.offset);
      return true;
    },
    whole: (record, offset) => index.add(placeOf(record), record.outcome, offset),
  });
  await writeCsv(rows ?? (await journalRows(manifest, files, index)), files, index, {
    ...config,
    scorers: manifest.scorers ?? [],
  });
  io.stderr.write(`Wrote the CSV files in ${visible(files.directory)}.\n`);
}

async function summarise(manifest: Manifest, files: BatchFiles): Promise<Summary> {
  const spending = createSpending();
  const summary = await recordsThatCount(manifest, files, spending);
  const was = await lastSummary(files.summary);
  const settings = rememberedConfig(manifest.settings);
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
    asked: was?.asked ?? 0,
    elapsedMs: was?.elapsed_ms ?? 0,
    price: settings.price,
    budget: budgetFacts(spending, settings),
    scores: await readScores(files, manifest.scorers ?? [], settings),
    gates: settings.gates,
    notes: was?.notes ?? [],
  });
}

/** In a second pass where records were replaced: which of them count is known only then. */
async function recordsThatCount(
  manifest: Manifest,
  batch: BatchFiles,
  spending: Spending,
): Promise<SummaryBuilder> {
  const index = new RecordIndex();
  const all = createSummary();
  const isMoved = manifest.dataset.moved === true;
  const placeOf = isMoved ? await placesById(manifest, null) : keyOf;
  const files = isMoved ? { ...batch, digest: null } : batch;
  let isRevised = false;
  await visitJournal(files, {
    plain: (entry) => {
      if (!all.isSampled) return false;
      index.add(placeOf(entry), entry.outcome, entry.offset);
      all.replayFigures(entry);
      spending.add(entry);
      return true;
    },
    whole: (record, offset) => {
      index.add(placeOf(record), record.outcome, offset);
      isRevised ||= record.revision > 1;
      all.replay(record);
      spending.add(record);
    },
  });
  return isRevised ? summariseNewest(files, index, placeOf) : all;
}

/** Why the batch stopped, and how long its last start took; null where it was killed in its first. */
async function lastSummary(
  path: string,
): Promise<Pick<Summary, 'stop' | 'elapsed_ms' | 'asked' | 'notes'> | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Summary;
  } catch {
    return null;
  }
}
