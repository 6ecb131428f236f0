import type { DatasetReader, ReadOptions } from '../contracts.ts';
import { DatasetError } from '../errors.ts';
import { CsvHeader } from './csv-header.ts';
import { CsvParser, type CsvRow } from './csv-parser.ts';
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

/** Those before the header, with their line ends. A line of tabs may be cells. */
const blankLines = /^[^\S\t]*[\r\n]/;

/** csv-parse would take blanks for a first row of one cell, and build an error for each row that has more. */
const onlyLineEnds = (lines: string) => lines.replaceAll(/[^\r\n]/g, '');

class CsvRows implements RowSource {
  readonly #options: ReadOptions;
  readonly #template: Template | null;
  #delimiter: string | null;
  /** The text up to where the delimiter is known. */
  #head = '';
  #parser: CsvParser | null = null;
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
    if (this.#parser !== null) return yield* this.#belowHeader(this.#parser.push(text));
    this.#head += text;
    this.#delimiter ??= delimiterOf(this.#head, false);
    if (this.#delimiter !== null) return yield* this.#begin(this.#delimiter);
    if (this.#head.length > longestHeader) {
      const saw = 'saw a million characters in which its line does not end: is a quote not closed?';
      throw new DatasetError(`${this.#options.name}:1`, `expected a header, ${saw}`);
    }
  }

  *end(): Generator<Row, void> {
    if (this.#parser === null) yield* this.#begin(this.#delimiter ?? delimiterOf(this.#head, true) ?? ',');
    if (this.#parser !== null) yield* this.#belowHeader(this.#parser.end());
  }

  *#begin(delimiter: string): Generator<Row, void> {
    this.#parser = new CsvParser(delimiter, this.#options.name);
    const text = this.#head.replace(blankLines, onlyLineEnds);
    this.#head = '';
    yield* this.#belowHeader(this.#parser.push(text));
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
