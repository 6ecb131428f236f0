/** What is to be known of a journal, read in the plain way and with the help of its digest. */

import { createSummary } from '../../src/reports/summary.ts';
import { DigestWriter } from '../../src/sinks/digest-writer.ts';
import { openJournal, readJournal } from '../../src/sinks/jsonl.ts';
import { keyOf, RecordIndex } from '../../src/sinks/record-index.ts';
import { visitJournal } from '../../src/sinks/visit.ts';
import { createSpending } from '../../src/spending.ts';
import type { JobRecord } from '../../src/types.ts';
import { madeBatch } from '../reports/made-records.ts';

export interface Files {
  readonly journal: string;
  readonly digest: string;
}

/** One start: reads what is there, makes the digest whole, and appends records. */
export async function appendRecords(files: Files, records: readonly JobRecord[]): Promise<void> {
  const writer = new DigestWriter(files.digest);
  await visitJournal(files, { plain: () => true, whole: () => {} }, writer);
  const sink = await openJournal(files.journal, new RecordIndex(), { digest: writer });
  await Promise.all(records.map((record) => sink.write(record)));
  await sink.close();
}

function collector() {
  const index = new RecordIndex();
  const summary = createSummary();
  const spending = createSpending();
  const offsets: number[] = [];
  return {
    index,
    summary,
    spending,
    offsets,
    whole: (record: JobRecord, offset: number) => {
      index.add(keyOf(record), record.outcome, offset);
      summary.replay(record);
      spending.add(record);
      offsets.push(offset);
    },
    facts: (cutBytes: number) => ({
      cutBytes,
      offsets,
      records: index.size,
      ends: Array.from({ length: 12 }, (_, at) => at).map((at) => ({
        offsets: index.offsetsOf(at),
        ends: [1, 2, 3].flatMap((trial) =>
          [1, 2, 3].map((turn) => [
            index.outcomeOf({ index: at, trial, turn }),
            index.recordsOf({ index: at, trial, turn }),
          ]),
        ),
      })),
      spent: {
        ...spending.usage,
        told: spending.told,
        untold: spending.untold,
        untoldAnswers: spending.untoldAnswers,
      },
      summary: summary.summarise({
        batch: madeBatch({ state: 'running' }),
        planned: index.size,
        stop: null,
        elapsedMs: 1,
      }),
    }),
  };
}

const shown = (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : error);

/** The facts, or the error. */
export async function readPlainly({ journal }: Files): Promise<unknown> {
  const all = collector();
  const read = { cutBytes: 0 };
  try {
    for await (const { record, offset } of readJournal(journal, read)) all.whole(record, offset);
  } catch (error) {
    return shown(error);
  }
  return all.facts(read.cutBytes);
}

/** The same, and how many records were parsed for it. */
export async function readByDigest(
  files: Files,
  writer: DigestWriter | null = null,
): Promise<{ facts: unknown; parsed: number }> {
  const { index, summary, spending, offsets, whole, facts } = collector();
  let parsed = 0;
  try {
    const { cutBytes } = await visitJournal(
      files,
      {
        plain: (entry) => {
          if (!summary.isSampled) return false;
          index.add(keyOf(entry), entry.outcome, entry.offset);
          summary.replayFigures(entry);
          spending.add(entry);
          offsets.push(entry.offset);
          return true;
        },
        whole: (record, offset) => {
          parsed += 1;
          whole(record, offset);
        },
      },
      writer,
    );
    return { facts: facts(cutBytes), parsed };
  } catch (error) {
    return { facts: shown(error), parsed };
  }
}
