import { hash } from 'node:crypto';
import { DatasetError } from '../errors.ts';
import type { Json } from '../types.ts';
import { fingerprint } from './fingerprint.ts';
import { KeyTable } from './key-table.ts';
import type { Identity } from './rows.ts';
import type { ScatteredKeys } from './scattered-keys.ts';

/**
 * The different texts of a column, such as its ids, in few bytes each: 64 bits stand for a text.
 * Among ten million different texts the odds that any two agree in these are 3 in a million.
 */
export class DistinctTexts {
  /** By the first four bits of the fingerprint: so only one sixteenth is there twice at a time, while it grows. */
  readonly #tables = Array.from({ length: 16 }, () => new KeyTable());
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** How often it was met, this time included, and where first. */
  meet(text: string, line: number): Met {
    const high = fingerprint(text, 1);
    const met = this.#table(high).add(high, fingerprint(text, 2), line);
    if (met.count === 1) this.#size += 1;
    return met;
  }

  /** The same of a text that was met before; any other is left to `keys`, with its note. */
  meetAgain(text: string, line: number, keys: ScatteredKeys, note: number): Met {
    const high = fingerprint(text, 1);
    const low = fingerprint(text, 2);
    const table = this.#table(high);
    if (table.has(high, low)) return table.add(high, low, line);
    keys.add(high, low, note);
    return { count: 1, firstLine: line };
  }

  #table(high: number): KeyTable {
    return this.#tables[high >>> 28] ?? new KeyTable();
  }
}

interface Met {
  readonly count: number;
  readonly firstLine: number;
}

/** Gives a dataset's examples their ids. */
export interface Ids {
  /** Takes the id that a row gives itself. @throws DatasetError Naming both lines, where a row before it has the same. */
  claim(id: string, line: number): string;
  /** Makes an id of what a row says, the same wherever the row stands. */
  make(identity: Identity, line: number): string;
  /** The first of `base`, `base-2`, `base-3`… that is free. */
  number(base: string, line: number): string;
}

/** Of a dataset that was read before and is unchanged: each id was found to be free, and nothing is kept. */
export const idsKnownFree: Ids = {
  claim: (id) => id,
  make: (identity) => madeId(identity),
  number: (base) => base,
};

/** Where ids go that are too many for memory. */
export interface IdOverflow {
  readonly keys: ScatteredKeys;
  /** How many ids are kept in memory. */
  readonly mostKept: number;
}

/** Refuses an id that comes twice, and numbers those that it makes. */
export class CountedIds implements Ids {
  readonly #name: string;
  readonly #met = new DistinctTexts();
  /** Null where all are kept. */
  #overflow: IdOverflow | null;
  #given = 0;
  #numbered = 0;
  #made = 0;

  /**
   * @param name What to call the file in errors.
   * @param overflow Where ids go that are not kept: taken for free then, until `firstTwice` tells. Default: all are kept.
   */
  constructor(name: string, overflow: IdOverflow | null = null) {
    this.#name = name;
    this.#overflow = overflow;
  }

  /** How many got a number, since another row had theirs. */
  get numbered(): number {
    return this.#numbered;
  }

  /** How many rows gave none of their own. */
  get made(): number {
    return this.#made;
  }

  claim(id: string, line: number): string {
    this.#given += 1;
    const { count, firstLine } = this.#meet(id, line, false);
    if (count === 1) return id;
    throw taken(`${this.#name}:${line}`, id, firstLine);
  }

  make(identity: Identity, line: number): string {
    this.#made += 1;
    return this.number(madeId(identity), line);
  }

  number(base: string, line: number): string {
    this.#given += 1;
    for (;;) {
      const { count } = this.#meet(base, line, true);
      if (count === 1) return base;
      this.#numbered += 1;
      // Later passes keep all ids then: so does this one, where it still can.
      if (this.#overflow?.keys.size === 0) this.#overflow = null;
      const numbered = `${base}-${count}`;
      if (this.#meet(numbered, line, true).count === 1) return numbered;
    }
  }

  /** The first row whose id was taken for free, and was not. Null: there is none. @throws SinkError */
  firstTwice(): RowsOfOneId | null {
    const twice = this.#overflow?.keys.firstTwice() ?? null;
    if (twice === null) return null;
    const { first, second } = twice;
    return { first: Math.floor(first / 2), second: Math.floor(second / 2), isMade: second % 2 === 1 };
  }

  #meet(text: string, line: number, isMade: boolean): Met {
    const overflow = this.#overflow;
    if (overflow === null || this.#met.size < overflow.mostKept) return this.#met.meet(text, line);
    return this.#met.meetAgain(text, line, overflow.keys, this.#given * 2 + Number(isMade));
  }
}
/** Two rows, counted from 1, whose ids are the same. */
export interface RowsOfOneId {
  readonly first: number;
  readonly second: number;
  /** Was the second one's made by us, so that it is numbered and not refused? */
  readonly isMade: boolean;
}

/** Takes ids for free up to the second of two rows that have the same, and refuses that one: it knows both lines then. */
export class RefusedIds implements Ids {
  readonly #name: string;
  readonly #rows: RowsOfOneId;
  #given = 0;
  #firstLine = 0;

  /** @param name What to call the file in errors. */
  constructor(name: string, rows: RowsOfOneId) {
    this.#name = name;
    this.#rows = rows;
  }

  claim(id: string, line: number): string {
    this.#count(line);
    if (this.#given < this.#rows.second) return id;
    throw taken(`${this.#name}:${line}`, id, this.#firstLine);
  }

  make(identity: Identity, line: number): string {
    return this.number(madeId(identity), line);
  }

  number(base: string, line: number): string {
    this.#count(line);
    return base;
  }

  #count(line: number): void {
    this.#given += 1;
    if (this.#given === this.#rows.first) this.#firstLine = line;
  }
}

function taken(at: string, id: string, firstLine: number): DatasetError {
  const saw = `expected an id no other row has, saw ${JSON.stringify(id)} a second time: line ${firstLine} has it already`;
  return new DatasetError(at, saw);
}

const madeId = (identity: Identity) => hash('sha256', identityJson(identity)).slice(0, 16);

/** Canonical JSON: the fields of objects in order of their names at every level, no blanks. */
function identityJson({ input, thread, resume }: Identity): string {
  const ofResume = resume === undefined ? '' : `,"resume":${canonicalJson(resume)}`;
  const ofThread = thread === undefined ? '' : `,"thread":${canonicalJson(thread)}`;
  return `{"input":${canonicalJson(input)}${ofResume}${ofThread}}`;
}

function canonicalJson(value: Json | readonly Json[]): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isArray(value)) return `[${value.map(canonicalJson).join()}]`;
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name] ?? null)}`).join()}}`;
}

const isArray = (value: object): value is readonly Json[] => Array.isArray(value);
