/** A batch added up again from its journal. */

import { readFile } from 'node:fs/promises';
import { rememberedConfig } from '../config.ts';
import type { Gate } from '../gate.ts';
import { createSummary, type SummaryBuilder } from '../reports/summary.ts';
import type { BatchFiles } from '../results/files.ts';
import type { Manifest } from '../results/manifest.ts';
import { keyOf, RecordIndex } from '../sinks/record-index.ts';
import { visitJournal } from '../sinks/visit.ts';
import { budgetFacts, createSpending, type Spending } from '../spending.ts';
import type { ScoreFigures, Summary } from '../summary-types.ts';
import type { KnownBatch } from './batch-config.ts';
import { summariseNewest } from './newest.ts';
import { placesById } from './recorded-dataset.ts';
import { readScores } from './score-table.ts';

export interface Judged {
  /** Default: read from the journal and its newest scoring. */
  readonly scores?: readonly ScoreFigures[] | undefined;
  /** Default: those of its last start. */
  readonly gates?: readonly Gate[] | undefined;
}

/** @throws JournalError */
export async function summariseBatch({ manifest, files }: KnownBatch, judged: Judged = {}): Promise<Summary> {
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
    scores: judged.scores ?? (await readScores(files, manifest.scorers ?? [], settings)),
    gates: judged.gates ?? settings.gates,
    // Of a batch that was compared before tools were.
    comparison: was?.comparison ? { ...was.comparison, tools: was.comparison.tools ?? [] } : null,
    drift: was?.drift ?? null,
    onInconclusive: settings.onInconclusive,
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
): Promise<Pick<Summary, 'stop' | 'elapsed_ms' | 'asked' | 'notes' | 'comparison' | 'drift'> | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Summary;
  } catch {
    return null;
  }
}
