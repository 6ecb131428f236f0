/** What earlier starts of a batch left, by the dataset as it is now. */

import type { Recorded, TurnPlace } from '../job.ts';
import { createLoose, type LooseThreads } from '../loose.ts';
import type { SummaryBuilder } from '../reports/summary.ts';
import { DigestWriter } from '../sinks/digest-writer.ts';
import { intentKey, readIntents } from '../sinks/intents.ts';
import { openJournalReader } from '../sinks/journal-reader.ts';
import type { RecordIndex } from '../sinks/record-index.ts';
import { Segments } from '../sinks/segments.ts';
import { visitJournal } from '../sinks/visit.ts';
import type { Spending } from '../spending.ts';
import type { Intent, JobRecord } from '../types.ts';
import type { Dataset, RowPlace } from './dataset.ts';
import { summariseNewest } from './newest.ts';
import type { OwnPlace } from './open-batch.ts';
import { recordPlaces } from './record-places.ts';
import { Tally, type TallyOptions } from './tally.ts';

export interface Left {
  readonly recorded: Recorded;
  readonly index: RecordIndex;
  /** Holds all that the journal does. */
  readonly digest: DigestWriter;
  /** Of the records that count. */
  readonly summary: SummaryBuilder;
  /** By all records, whether their examples are chosen now or not. */
  readonly spending: Spending;
  readonly loose: LooseThreads;
  /** Turns that are still to be asked once more. */
  readonly repeats: number;
  /** Do records say another place than theirs in the dataset as it is now? */
  readonly isMoved: boolean;
  /** To be told of each record of this start. */
  onRecord(record: JobRecord): void;
  /** What was mended on the way, for a person to know. */
  readonly notes: readonly string[];
  /** Adds the records that count up anew, for revisions came since. */
  summariseAnew(): Promise<SummaryBuilder>;
  /** A row before which nothing is left to do; null where the first one may have to be asked. */
  firstRow(): Promise<RowPlace | null>;
}

/**
 * Reads journal and intent log, and makes the journal's digest whole.
 * @throws JournalError, and ConfigError where a recorded example is gone or was edited.
 */
export async function readLeft(
  { files, manifest, lock, scratch }: Omit<OwnPlace, 'moveTo'>,
  dataset: Dataset,
  options: TallyOptions,
): Promise<Left> {
  const places = await recordPlaces(manifest, dataset);
  const tally = new Tally(dataset, places, options, new Segments(scratch));
  const { index } = tally;
  const digest = new DigestWriter(files.digest, lock);
  // In a dataset that was changed a record is found by what only the journal holds.
  const told = { journal: files.journal, digest: places.isSame ? files.digest : null };
  const { cutBytes } = await visitJournal(told, tally, digest);
  places.assertUnchanged();
  const loose = createLoose();
  const intents: ReadonlyMap<string, Intent> = await readIntents(files.intents, { cutBytes: 0 }, (intent) =>
    loose.see(intent, null),
  );
  const summariseAnew = () => summariseNewest(told, index, (record) => tally.countedPlace(record));
  const recordOf = async (place: TurnPlace) => {
    await using journal = openJournalReader(files.journal);
    return await journal.at(index.offsetOf(place) ?? 0); // before it is closed
  };
  return {
    index,
    digest,
    summary: tally.isRevised ? await summariseAnew() : tally.summary,
    spending: tally.spending,
    loose,
    get repeats() {
      return tally.turnsToRepeat;
    },
    isMoved: places.isMoved,
    onRecord: (record) => tally.repeated(record),
    notes: notesOf(cutBytes),
    summariseAnew,
    firstRow: async () => {
      const last = options.again === null ? tally.passing.lastPassed(intents.values()) : null;
      if (last === null) return null;
      const { id } = await recordOf({ index: last, trial: 1, turn: 1 });
      return { index: last, id };
    },
    recorded: {
      outcomeOf: (place) => index.outcomeOf(place),
      revisionOf: (place) => index.recordsOf(place),
      recordOf,
      intentOf: (key, trial) => intents.get(intentKey(key, trial)) ?? null,
      isToRepeat: (place) => tally.isToRepeat(place),
    },
  };
}

const notesOf = (cutBytes: number): string[] =>
  cutBytes === 0 ? [] : [`results.jsonl: its last line was not whole (${cutBytes} bytes) and was cut off`];
