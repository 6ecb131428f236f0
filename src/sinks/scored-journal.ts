/** Single records out of the journal, each with its newest scores. */

import type { JobRecord } from '../types.ts';
import { type JournalReader, openJournalReader } from './journal-reader.ts';
import { readNewestScoring, type ScoredLine, type ScoringFacts } from './scores.ts';

export interface ScoredJournal extends JournalReader {
  /** Of the newest later scoring; null: each record's scores are its own. */
  readonly scoring: ScoringFacts | null;
}

export interface ScoredFiles {
  readonly journal: string;
  /** Later scorings. */
  readonly scores: string;
}

/** What came after the newest scoring keeps the scores it was recorded with. @throws JournalError */
export async function openScoredJournal({ journal, scores }: ScoredFiles): Promise<ScoredJournal> {
  const scoring = await readNewestScoring(scores);
  const records = openJournalReader(journal);
  if (scoring === null) {
    return {
      scoring: null,
      at: records.at,
      atHand: records.atHand,
      [Symbol.asyncDispose]: records[Symbol.asyncDispose],
    };
  }
  const lines = openJournalReader<ScoredLine>(scores);
  const isItsOwn = (line: ScoredLine, record: JobRecord) =>
    line.id === record.id && line.revision === record.revision;
  const scored = (record: JobRecord, line: ScoredLine | null): JobRecord =>
    line === null || !isItsOwn(line, record) ? record : Object.assign(record, { scores: line.scores });
  return {
    scoring: scoring.facts,
    at: async (offset) => {
      const line = scoring.lineOf(offset);
      return scored(await records.at(offset), line === null ? null : await lines.at(line));
    },
    atHand: (offset) => {
      const line = scoring.lineOf(offset);
      const scores = line === null ? null : lines.atHand(line);
      if (line !== null && scores === null) return null;
      const record = records.atHand(offset);
      return record === null ? null : scored(record, scores);
    },
    [Symbol.asyncDispose]: async () => {
      await records[Symbol.asyncDispose]();
      await lines[Symbol.asyncDispose]();
    },
  };
}
