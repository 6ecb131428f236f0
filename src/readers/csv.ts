import type { DatasetReader, ReadOptions } from '../contracts.ts';
import { DatasetError } from '../errors.ts';
import { CsvHeader } from './csv-header.ts';
import { type CsvRow, CsvSplitter } from './csv-splitter.ts';
import { delimiterOf } from './delimiter.ts';
import { readRows } from './read.ts';
import { noRoles, type Row, type RowSource } from './rows.ts';
import { parseTemplate, type Template } from './template.ts';

/** CSV with a header, from which comma, semicolon or tab is recognised. */
export const csv: DatasetReader = {
  open: (source, options) => readRows(source, options, new CsvRows(options, null)),
};

/** The same with tabs, whatever the header holds. */
export const tsv: DatasetReader = {
  open: (source, options) => readRows(source, options, new CsvRows(options, '\t')),
};

const longestHeader = 1024 * 1024;

class CsvRows implements RowSource {
  readonly #options: ReadOptions;
  readonly #template: Template | null;
  #delimiter: string | null;
  /** The text up to where the delimiter is known. */
  #head = '';
  #splitter: CsvSplitter | null = null;
  #header: CsvHeader | null = null;

  constructor(options: ReadOptions, delimiter: string | null) {
    this.#options = options;
    this.#template = options.template === undefined ? null : parseTemplate(options.template);
    this.#delimiter = delimiter;
  }

  get columns() {
    return this.#header?.layout.names ?? [];
  }

  get roles() {
    return this.#header?.layout.roles ?? noRoles;
  }

  get nothing() {
    return this.#header === null
      ? 'expected a header and rows below it, saw an empty file'
      : 'expected rows below the header, saw none';
  }

  *push(text: string): Generator<Row, void> {
    if (this.#splitter !== null) return yield* this.#belowHeader(this.#splitter.push(text));
    this.#head += text;
    this.#delimiter ??= delimiterOf(this.#head, false);
    if (this.#delimiter !== null) return yield* this.#begin(this.#delimiter);
    if (this.#head.length > longestHeader) {
      const saw = 'saw a million characters in which its line does not end: is a quote not closed?';
      throw new DatasetError(`${this.#options.name}:1`, `expected a header, ${saw}`);
    }
  }

  *end(): Generator<Row, void> {
    if (this.#splitter === null) yield* this.#begin(this.#delimiter ?? delimiterOf(this.#head, true) ?? ',');
    if (this.#splitter !== null) yield* this.#belowHeader(this.#splitter.end());
  }

  *#begin(delimiter: string): Generator<Row, void> {
    this.#splitter = new CsvSplitter(delimiter, this.#options.name);
    yield* this.#belowHeader(this.#splitter.push(this.#head));
    this.#head = '';
  }

  *#belowHeader(rows: Iterable<CsvRow>): Generator<Row, void> {
    for (const row of rows) {
      if (this.#header === null) {
        this.#header = new CsvHeader(row, this.#options, this.#template);
      } else {
        const header = this.#header;
        yield { line: row.line, which: null, cells: row.cells, content: () => header.contentOf(row) };
      }
    }
  }
}
