/** Records that are scored as they are read. */

import type { Scoring, Talk } from '../contracts.ts';
import type { ExampleRecords } from '../sinks/example-records.ts';
import { openJournalReader } from '../sinks/journal-reader.ts';
import type { RecordIndex } from '../sinks/record-index.ts';
import type { ScoringWriter } from '../sinks/scores.ts';
import type { JobRecord, Scores } from '../types.ts';

export interface RescoredFiles {
  readonly journal: string;
  readonly index: RecordIndex;
}

export interface RescoredOptions {
  readonly scoring: Scoring;
  readonly writer: ScoringWriter;
  /** Examples that are scored at once, where scores take time. */
  readonly ahead: number;
  /** As the record is to be scored. Default: as it was recorded. */
  readonly asked?: ((record: JobRecord) => JobRecord) | undefined;
}

export interface Rescored extends ExampleRecords, AsyncDisposable {
  readonly count: number;
}

/**
 * Each example is to be asked for once, in order. Its scores are written on the way, and durable in the end; the next
 * few are scored meanwhile.
 */
export function rescored({ journal: path, index }: RescoredFiles, options: RescoredOptions): Rescored {
  const { scoring, writer, ahead, asked = (record) => record } = options;
  const journal = openJournalReader(path);
  const waiting = new Map<number, Promise<readonly JobRecord[]>>();
  let reading: Promise<unknown> = Promise.resolve();
  let count = 0;
  let takesTime = false;

  /** One at a time: a reader's bytes are good until the next are asked for. */
  const recordAt = (offset: number): Promise<JobRecord> => {
    const record = reading.then(() => journal.atHand(offset) ?? journal.at(offset));
    reading = record.catch(() => {});
    return record;
  };

  /** The record is ours alone: another with its scores would be an object of a shape of its own. */
  const keep = (record: JobRecord, offset: number, scores: Scores): Promise<unknown> | null => {
    const { id, trial, turn, revision } = record;
    count += 1;
    Object.assign(record, { scores });
    return writer.add({ offset, id, trial, turn, revision, scores });
  };

  /** Null where a record has to be waited for, or a score: then nothing was done. */
  const scoredAtOnce = (at: number): readonly JobRecord[] | Promise<readonly JobRecord[]> | null => {
    const offsets = index.offsetsOf(at);
    const records: JobRecord[] = [];
    for (const offset of offsets) {
      const record = journal.atHand(offset);
      if (record === null) return null;
      records.push(asked(record));
    }
    let full: Promise<unknown> | null = null;
    for (const [place, record] of records.entries()) {
      const scores = scoring(record, talkOf(records, place));
      if (scores instanceof Promise) {
        takesTime = true;
        return keepLater(records, offsets, place, scores);
      }
      full = keep(record, offsets[place] ?? 0, scores) ?? full;
    }
    return full === null ? records : full.then(() => records);
  };

  /** From this record on, whose scores are under way. */
  const keepLater = async (
    records: readonly JobRecord[],
    offsets: readonly number[],
    from: number,
    first: Promise<Scores>,
  ): Promise<readonly JobRecord[]> => {
    for (let place = from; place < records.length; place += 1) {
      const record = records[place];
      if (record === undefined) continue;
      const scores = place === from ? await first : await scoring(record, talkOf(records, place));
      await keep(record, offsets[place] ?? 0, scores);
    }
    return records;
  };

  const scored = async (at: number): Promise<readonly JobRecord[]> => {
    const offsets = index.offsetsOf(at);
    const records: JobRecord[] = [];
    for (const offset of offsets) records.push(asked(journal.atHand(offset) ?? (await recordAt(offset))));
    const [first] = records;
    if (first === undefined) return records;
    return keepLater(records, offsets, 0, Promise.resolve(scoring(first, talkOf(records, 0))));
  };

  return {
    get count() {
      return count;
    },
    of: (at) => {
      // Where scores take no time nothing is gained by more than one at once.
      const now = takesTime ? null : scoredAtOnce(at);
      if (now !== null) return now;
      if (!takesTime) return scored(at);
      for (let next = at; next < Math.min(at + ahead, index.examples); next += 1) {
        if (waiting.has(next)) continue;
        const records = scored(next);
        records.catch(() => {}); // told when it is asked for
        waiting.set(next, records);
      }
      const records = waiting.get(at) ?? [];
      waiting.delete(at);
      return records;
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.allSettled(waiting.values());
      await journal[Symbol.asyncDispose]();
    },
  };
}

/** Of a conversation in one row, whose turns are one example; of one over several rows the others are not at hand. */
function talkOf(read: readonly JobRecord[], place: number): Talk | null {
  const record = read[place];
  const ofTrial = read.filter(({ trial }) => trial === record?.trial);
  if (record === undefined || record.turn === null || ofTrial.length < 2) return null;
  const at = ofTrial.indexOf(record);
  return {
    isOneRow: true,
    isLast: at === ofTrial.length - 1,
    earlier: async () => ofTrial.slice(0, at),
  };
}
