import { mostNested } from '../nesting.ts';
import type { ColumnRoles, Example, Json, JsonObject } from '../types.ts';

/** A row before it is an example. */
export interface Row {
  /** Where it starts, from 1. */
  readonly line: number;
  /** Which one it is, where a line may hold several: `element 3`; else null. */
  readonly which: string | null;
  readonly cells: readonly string[] | JsonObject;
  /** @throws RowProblem */
  content(): Content;
}

/** What a row says, but for its place. */
export interface Content extends Omit<Example, 'id' | 'index' | 'cells'> {
  /** What its id cell holds; null without one. */
  readonly id: string | null;
  readonly identity: Identity;
}

/** What the id of a row without one is made of: its content before any template; what is undefined has no part in it. */
export interface Identity {
  readonly input: Json | readonly string[];
  readonly thread: string | undefined;
  readonly resume: readonly Json[] | undefined;
}

/** Is handed the rows in file order: calling it costs a tenth of what a generator does for each row. */
export type TakeRow = (row: Row) => void;

/** Splits a dataset's text into rows: the same ones, in whatever pieces the text comes. */
export interface RowSource {
  /** As in `OpenDataset`. */
  readonly columns: readonly string[];
  readonly roles: ColumnRoles;
  /** @throws DatasetError Where the rows that follow cannot be told apart. */
  push(text: string, take: TakeRow): void;
  /** What the end of the text completes. @throws DatasetError Where the text breaks off. */
  end(take: TakeRow): void;
  /** What there is, where there are no rows: `expected …, saw …`. */
  readonly nothing: string;
}

/** A row that cannot be read: what was expected, what was seen. Whoever catches it knows the file and the line. */
export class RowProblem extends Error {
  override readonly name = 'RowProblem';
}

/** Longest row, in characters: a quote that nobody closes must not draw the whole file into memory. */
export const longestRow = 32 * 1024 * 1024;

export const nulProblem =
  'expected text, saw a NUL character; where the file is UTF-16 without its mark, add --encoding utf-16le';

/** Of JSON that could be read and never written again. @throws RowProblem */
export function nestedTooDeep(): never {
  throw new RowProblem(`expected JSON nested up to ${mostNested} deep, saw more`);
}

export const noRoles: ColumnRoles = {
  input: null,
  id: null,
  thread: null,
  expected: null,
  expectedTools: null,
  resume: null,
};

/** Sets a field whatever its name, `__proto__` too. */
export function setField(object: JsonObject, name: string, value: Json): void {
  if (name === '__proto__') {
    Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
  } else {
    object[name] = value;
  }
}
