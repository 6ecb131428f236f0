/** All records of a batch, added up as its journal is read. */

import type { TurnPlace } from '../job.ts';
import { createSummary } from '../reports/summary.ts';
import { type Digested, idHashOf } from '../sinks/digest.ts';
import { keyOf, RecordIndex } from '../sinks/record-index.ts';
import type { Segments } from '../sinks/segments.ts';
import type { JournalVisitor } from '../sinks/visit.ts';
import { createSpending } from '../spending.ts';
import type { JobRecord } from '../types.ts';
import { type Again, isNamed } from './again.ts';
import type { Dataset } from './dataset.ts';
import { createPassing, type Passing } from './passing.ts';
import type { RecordPlaces } from './record-places.ts';

export interface TallyOptions {
  /** Trials per example. */
  readonly repeat: number;
  /** What a person wants asked once more; null: nothing. */
  readonly again: Again | null;
}

export class Tally implements JournalVisitor {
  readonly index: RecordIndex;
  /** Of the records that count, where none was replaced. */
  readonly summary = createSummary();
  /** By all records, whether their examples are chosen now or not. */
  readonly spending = createSpending();
  readonly passing: Passing;
  /** Was a record replaced by a later one? */
  isRevised = false;
  /** Turns that are still to be asked once more. */
  private readonly repeats = new Set<string>();
  private readonly places: RecordPlaces;
  private readonly options: TallyOptions;

  /** @param memory For what it holds of each record. */
  constructor(dataset: Dataset, places: RecordPlaces, options: TallyOptions, memory: Segments) {
    this.index = new RecordIndex(memory);
    this.places = places;
    this.options = options;
    this.passing = createPassing(dataset, this.index, options.repeat, memory);
  }

  get turnsToRepeat(): number {
    return this.repeats.size;
  }

  isToRepeat(place: TurnPlace): boolean {
    return this.repeats.size > 0 && this.repeats.has(nameOf(place));
  }

  /** Told of each record of this start. */
  repeated(record: JobRecord): void {
    if (this.repeats.size > 0) this.repeats.delete(nameOf(keyOf(record)));
  }

  /** By the dataset as it is now; null where the example is gone, or does not count. */
  countedPlace(record: JobRecord | Digested): TurnPlace | null {
    const place = this.placeOf(record);
    return place !== null && this.counts(place) ? place : null;
  }

  plain(entry: Digested): boolean {
    const place = keyOf(entry);
    const isCounted = this.counts(place);
    if (isCounted && !this.summary.isSampled) return false;
    this.spending.add(entry);
    this.index.add(place, entry.outcome, entry.offset);
    this.passing.see(place.index, entry.idHash);
    if (isCounted) {
      this.summary.replayFigures(entry);
      if (this.repeats.size > 0) this.repeats.delete(nameOf(place));
    }
    return true;
  }

  whole(record: JobRecord, offset: number): void {
    this.spending.add(record);
    const place = this.placeOf(record);
    if (place === null) return;
    this.index.add(place, record.outcome, offset);
    this.passing.see(place.index, idHashOf(record.id));
    this.isRevised ||= record.revision > 1;
    if (!this.counts(place)) return;
    this.summary.replay(record);
    const { again } = this.options;
    if (again !== null && isNamed(record, again)) this.repeats.add(nameOf(place));
    else if (this.repeats.size > 0) this.repeats.delete(nameOf(place));
  }

  /** A digest is used only where each record's own index holds. */
  private placeOf(record: JobRecord | Digested): TurnPlace | null {
    if (!('id' in record)) return keyOf(record);
    const index = this.places.indexOf(record);
    return index === null ? null : { index, trial: record.trial, turn: record.turn ?? 1 };
  }

  private counts({ index, trial }: TurnPlace): boolean {
    return this.places.isChosen(index) && trial <= this.options.repeat;
  }
}

const nameOf = ({ index, trial, turn }: TurnPlace) => `${index} ${trial} ${turn}`;
