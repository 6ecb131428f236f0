import type { Readable } from 'node:stream';
import type { DatasetReader, ReadOptions } from '../contracts.ts';
import { DatasetError } from '../errors.ts';
import { JsonRows } from './json-rows.ts';
import { readRows } from './read.ts';
import { longestRow, type RowSource, type TakeRow } from './rows.ts';

/** One JSON object a line; blank lines are left out. */
export const jsonl = {
  open: (source: Readable, options: ReadOptions) => readRows(source, options, new JsonLines(options)),
} satisfies DatasetReader;

const advice = ': each line must be one whole object; a file that is one array is read with --format json';

class JsonLines implements RowSource {
  readonly nothing = 'expected one JSON object a line, saw an empty file';
  readonly #name: string;
  readonly #rows: JsonRows;
  #held = '';
  #line = 1;

  constructor(options: ReadOptions) {
    this.#name = options.name;
    this.#rows = new JsonRows(options, advice);
  }

  get columns() {
    return this.#rows.columns;
  }

  get roles() {
    return this.#rows.roles;
  }

  push(text: string, take: TakeRow): void {
    let from = 0;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', from)) {
      const line = this.#held === '' ? text.slice(from, at) : this.#held + text.slice(from, at);
      this.#held = '';
      from = at + 1;
      if (!isBlank(line)) take(this.#rows.rowOf(line, { line: this.#line, column: 1, which: null }));
      this.#line++;
    }
    this.#held += text.slice(from);
    if (this.#held.length > longestRow) {
      const saw = `saw one of more than ${longestRow / 1024 / 1024} million characters`;
      throw new DatasetError(`${this.#name}:${this.#line}`, `expected lines of one object each, ${saw}`);
    }
  }

  end(take: TakeRow): void {
    const line = this.#held;
    this.#held = '';
    if (!isBlank(line)) take(this.#rows.rowOf(line, { line: this.#line, column: 1, which: null }));
    this.#rows.checkColumns();
  }
}

const isBlank = (line: string) => line.trimStart() === '';
