import type { Readable } from 'node:stream';
import type { DatasetReader, ReadOptions } from '../contracts.ts';
import { DatasetError } from '../errors.ts';
import { JsonRows } from './json-rows.ts';
import { Place } from './place.ts';
import { readRows } from './read.ts';
import { longestRow, type Row, type RowSource, type TakeRow } from './rows.ts';

/** An array of objects, of which one is in memory at a time. */
export const json = {
  open: (source: Readable, options: ReadOptions) => readRows(source, options, new JsonArray(options)),
} satisfies DatasetReader;

const quote = 34;
const comma = 44;
const openBracket = 91;
const backslash = 92;
const closeBracket = 93;
const openBrace = 123;
const closeBrace = 125;

const blanks = /^[ \t\n\r]*/;

/** Finds where elements end; whether they are JSON is left to `JSON.parse`. */
class JsonArray implements RowSource {
  readonly #name: string;
  readonly #rows: JsonRows;
  #state: 'before' | 'within' | 'behind' = 'before';
  /** Where the element under way begins. */
  readonly #place = new Place();
  #element = '';
  #elementsRead = 0;
  /** Outside of the array. */
  #blanks = 0;
  /** Objects and arrays open within the element. */
  #depth = 0;
  #isInText = false;
  #isEscaped = false;

  constructor(options: ReadOptions) {
    this.#name = options.name;
    this.#rows = new JsonRows(options, '');
  }

  get columns() {
    return this.#rows.columns;
  }

  get roles() {
    return this.#rows.roles;
  }

  get nothing() {
    return `expected an array of objects, saw an empty ${this.#state === 'before' ? 'file' : 'one'}`;
  }

  push(text: string, take: TakeRow): void {
    for (let from = 0; from < text.length; ) {
      if (this.#state !== 'within') {
        from = this.#passOutside(text, from);
        continue;
      }
      const end = this.#endOfElement(text, from);
      this.#element += text.slice(from, end);
      if (this.#element.length > longestRow) {
        throw this.#error(
          `expected an array of objects, saw one of more than ${longestRow / 1024 / 1024} million characters`,
        );
      }
      const row = end < text.length ? this.#take(text.charAt(end)) : null;
      if (row !== null) take(row);
      from = end + 1;
    }
  }

  end(): void {
    if (this.#state === 'within') {
      throw this.#error(
        `expected "]" to close the array, saw the end behind ${this.#elementsRead} whole elements`,
      );
    }
    this.#rows.checkColumns();
  }

  /** @returns Where the array begins, or the end of the text. */
  #passOutside(text: string, from: number): number {
    const start = from + (blanks.exec(text.slice(from))?.[0].length ?? 0);
    this.#blanks += start - from;
    if (this.#blanks > longestRow)
      throw this.#error(
        this.#state === 'before'
          ? 'expected an array of objects, saw nothing but blanks'
          : 'expected nothing behind the array, saw blanks without end',
      );
    this.#place.pass(text.slice(from, start));
    if (start === text.length) return start;
    const saw = JSON.stringify(text.charAt(start));
    if (this.#state === 'behind') throw this.#error(`expected nothing behind the array, saw ${saw}`);
    if (text.charCodeAt(start) !== openBracket) {
      const advice = 'a file of one object a line is read with --format jsonl';
      throw this.#error(`expected an array of objects, saw ${saw} where it should begin: ${advice}`);
    }
    this.#place.pass('[');
    this.#state = 'within';
    return start + 1;
  }

  #endOfElement(text: string, from: number): number {
    let at = from;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (this.#isInText) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (code === backslash) this.#isEscaped = true;
        else if (code === quote) this.#isInText = false;
      } else if (code === quote) {
        this.#isInText = true;
      } else if (code === openBrace || code === openBracket) {
        this.#depth++;
      } else if (this.#depth === 0) {
        if (code === comma || code === closeBracket) break;
      } else if (code === closeBrace || code === closeBracket) {
        this.#depth--;
      }
    }
    return at;
  }

  /** @param closer What stands behind the element. */
  #take(closer: string): Row | null {
    const element = this.#element;
    this.#element = '';
    const blank = blanks.exec(element)?.[0] ?? '';
    const isLast = closer === ']';
    if (isLast) this.#state = 'behind';
    this.#place.pass(blank);
    const { line, column } = this.#place;
    const text = element.slice(blank.length);
    if (text === '' && isLast && this.#elementsRead === 0) return null;
    if (text === '') throw this.#error(`expected an element, saw "${closer}"`);
    this.#elementsRead++;
    this.#place.pass(text + closer);
    return this.#rows.rowOf(text, { line, column, which: `element ${this.#elementsRead}` });
  }

  #error(saw: string): DatasetError {
    return new DatasetError(`${this.#name}:${this.#place.line}`, saw);
  }
}
