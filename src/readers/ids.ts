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
  readonly #table = new KeyTable();

  get size(): number {
    return this.#table.size;
  }

  /** How often it was met, this time included, and where first. */
  meet(text: string, line: number): { readonly count: number; readonly firstLine: number } {
    return this.#table.add(fingerprint(text, 1), fingerprint(text, 2), line);
  }
}

/** Gives a dataset's examples their ids, and refuses one that comes twice. */
export class Ids {
  readonly #name: string;
  readonly #met = new DistinctTexts();

  /** @param name What to call the file in errors. */
  constructor(name: string) {
    this.#name = name;
  }

  /** Takes the id that a row gives itself. @throws DatasetError Naming both lines, where a row before it has the same. */
  claim(id: string, line: number): string {
    const { count, firstLine } = this.#met.meet(id, line);
    if (count === 1) return id;
    const saw = `expected an id no other row has, saw ${JSON.stringify(id)} a second time: line ${firstLine} has it already`;
    throw new DatasetError(`${this.#name}:${line}`, saw);
  }

  /** Makes an id of what a row says, the same wherever the row stands. */
  make(identity: Identity, line: number): string {
    return this.number(hash('sha256', identityJson(identity)).slice(0, 16), line);
  }

  /** The first of `base`, `base-2`, `base-3`… that is free. */
  number(base: string, line: number): string {
    for (;;) {
      const { count } = this.#met.meet(base, line);
      if (count === 1) return base;
      const numbered = `${base}-${count}`;
      if (this.#met.meet(numbered, line).count === 1) return numbered;
    }
  }
}

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
