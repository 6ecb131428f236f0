/** What earlier starts of a batch left, by the dataset as it is now. */

import type { Recorded, TurnPlace } from '../job.ts';
import { createLoose, type LooseThreads } from '../loose.ts';
import { createSummary, type SummaryBuilder } from '../reports/summary.ts';
import { intentKey, readIntents } from '../sinks/intents.ts';
import { openJournalReader } from '../sinks/journal-reader.ts';
import { type JournalEntry, readJournal } from '../sinks/jsonl.ts';
import { keyOf, RecordIndex } from '../sinks/record-index.ts';
import { createSpending, type Spending } from '../spending.ts';
import type { Intent, JobRecord } from '../types.ts';
import { type Again, isNamed } from './again.ts';
import type { Dataset } from './dataset.ts';
import { summariseNewest } from './newest.ts';
import type { Place } from './open-batch.ts';
import { type RecordPlaces, recordPlaces } from './record-places.ts';

export interface Left {
  readonly recorded: Recorded;
  readonly index: RecordIndex;
  /** Of the records that count. */
  readonly summary: SummaryBuilder;
  /** By all records, whether their examples are chosen now or not. */
  readonly spending: Spending;
  readonly loose: LooseThreads;
  /** Turns that are still to be asked once more. */
  readonly repeats: number;
  /** To be told of each record of this start. */
  onRecord(record: JobRecord): void;
  /** What was mended on the way, for a person to know. */
  readonly notes: readonly string[];
  /** Adds the records that count up anew, for revisions came since. */
  summariseAnew(): Promise<SummaryBuilder>;
}

export interface LeftOptions {
  /** Trials per example. */
  readonly repeat: number;
  /** What a person wants asked once more; null: nothing. */
  readonly again: Again | null;
}

/**
 * Reads journal and intent log.
 * @throws JournalError, and ConfigError where a recorded example is gone or was edited.
 */
export async function readLeft(
  { files, manifest }: Place,
  dataset: Dataset,
  { repeat, again }: LeftOptions,
): Promise<Left> {
  const index = new RecordIndex();
  const places = await recordPlaces(manifest, dataset);
  const counts = countsOf(places, repeat);
  const summary = createSummary();
  const repeats = new Set<string>();
  const spending = createSpending();
  const loose = createLoose();
  const read = { cutBytes: 0 };
  let isRevised = false;
  for await (const entry of readJournal(files.journal, read)) {
    spending.add(entry.record);
    const place = placeOf(entry, places);
    if (place === null) continue;
    index.add(place, entry.record.outcome, entry.offset);
    isRevised ||= entry.record.revision > 1;
    if (!counts(place)) continue;
    summary.replay(entry.record);
    if (again !== null && isNamed(entry.record, again)) repeats.add(nameOf(place));
    else repeats.delete(nameOf(place));
  }
  places.assertUnchanged();
  const intents: ReadonlyMap<string, Intent> = await readIntents(files.intents, { cutBytes: 0 }, (intent) =>
    loose.see(intent, null),
  );
  const summariseAnew = () =>
    summariseNewest(files.journal, index, (entry) => {
      const place = placeOf(entry, places);
      return place !== null && counts(place) ? place : null;
    });
  return {
    index,
    summary: isRevised ? await summariseAnew() : summary,
    spending,
    loose,
    get repeats() {
      return repeats.size;
    },
    onRecord: (record) => repeats.delete(nameOf(keyOf(record))),
    notes: notesOf(read.cutBytes),
    summariseAnew,
    recorded: {
      outcomeOf: (place) => index.outcomeOf(place),
      revisionOf: (place) => index.recordsOf(place),
      recordOf: async (place) => {
        await using journal = openJournalReader(files.journal);
        return journal.at(index.offsetOf(place) ?? 0);
      },
      intentOf: (key, trial) => intents.get(intentKey(key, trial)) ?? null,
      isToRepeat: (place) => repeats.has(nameOf(place)),
    },
  };
}

/** By the dataset as it is now; null where the example is gone. */
function placeOf({ record }: JournalEntry, places: RecordPlaces): TurnPlace | null {
  const index = places.indexOf(record);
  return index === null ? null : { index, trial: record.trial, turn: record.turn ?? 1 };
}

const countsOf =
  (places: RecordPlaces, repeat: number) =>
  ({ index, trial }: TurnPlace): boolean =>
    places.isChosen(index) && trial <= repeat;

const nameOf = ({ index, trial, turn }: TurnPlace) => `${index} ${trial} ${turn}`;

const notesOf = (cutBytes: number): string[] =>
  cutBytes === 0 ? [] : [`results.jsonl: its last line was not whole (${cutBytes} bytes) and was cut off`];
