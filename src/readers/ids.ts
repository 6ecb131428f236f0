import { hash } from 'node:crypto';
import { DatasetError } from '../errors.ts';
import type { Json } from '../types.ts';
import { fingerprint } from './fingerprint.ts';
import { KeyTable } from './key-table.ts';
import type { Identity } from './rows.ts';

/**
 * The different texts of a column, such as its ids, in few bytes each: 64 bits stand for a text.
 * Among ten million different texts the odds that any two agree in these are 3 in a million.
 */
export class DistinctTexts {
  /** By the first four bits of the fingerprint: so only one sixteenth is there twice at a time, while it grows. */
  readonly #tables = Array.from({ length: 16 }, () => new KeyTable());

  get size(): number {
    return this.#tables.reduce((sum, { size }) => sum + size, 0);
  }

  /** How often it was met, this time included, and where first. */
  meet(text: string, line: number): { readonly count: number; readonly firstLine: number } {
    const high = fingerprint(text, 1);
    const table = this.#tables[high >>> 28] ?? new KeyTable();
    return table.add(high, fingerprint(text, 2), line);
  }
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

/** Refuses an id that comes twice, and numbers those that it makes. */
export class CountedIds implements Ids {
  readonly #name: string;
  readonly #met = new DistinctTexts();
  #numbered = 0;
  #made = 0;

  /** @param name What to call the file in errors. */
  constructor(name: string) {
    this.#name = name;
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
    const { count, firstLine } = this.#met.meet(id, line);
    if (count === 1) return id;
    const saw = `expected an id no other row has, saw ${JSON.stringify(id)} a second time: line ${firstLine} has it already`;
    throw new DatasetError(`${this.#name}:${line}`, saw);
  }

  make(identity: Identity, line: number): string {
    this.#made += 1;
    return this.number(madeId(identity), line);
  }

  number(base: string, line: number): string {
    for (;;) {
      const { count } = this.#met.meet(base, line);
      if (count === 1) return base;
      this.#numbered += 1;
      const numbered = `${base}-${count}`;
      if (this.#met.meet(numbered, line).count === 1) return numbered;
    }
  }
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
