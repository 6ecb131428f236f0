import type { Readable } from 'node:stream';
import type { DatasetReader, ReadOptions } from '../contracts.ts';
import { DatasetError } from '../errors.ts';
import { CsvHeader } from './csv-header.ts';
import { CsvParser } from './csv-parser.ts';
import { delimiterOf } from './delimiter.ts';
import { readRows } from './read.ts';
import type { CsvRow } from './regular-rows.ts';
import { type Content, noRoles, type Row, type RowSource, type TakeRow } from './rows.ts';
import { parseTemplate, type Template } from './template.ts';

/** CSV with a header, from which comma, semicolon or tab is recognised. */
export const csv = {
  open: (source: Readable, options: ReadOptions) => readRows(source, options, new CsvRows(options, null)),
} satisfies DatasetReader;

/** The same with tabs, whatever the header holds. */
export const tsv = {
  open: (source: Readable, options: ReadOptions) => readRows(source, options, new CsvRows(options, '\t')),
} satisfies DatasetReader;

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

  push(text: string, take: TakeRow): void {
    if (this.#parser !== null) {
      this.#parser.push(text, this.#belowHeader(take));
      return;
    }
    this.#head += text;
    this.#delimiter ??= delimiterOf(this.#head, false);
    if (this.#delimiter !== null) this.#begin(this.#delimiter, take);
    else if (this.#head.length > longestHeader) {
      const saw = 'saw a million characters in which its line does not end: is a quote not closed?';
      throw new DatasetError(`${this.#options.name}:1`, `expected a header, ${saw}`);
    }
  }

  end(take: TakeRow): void {
    if (this.#parser === null) this.#begin(this.#delimiter ?? delimiterOf(this.#head, true) ?? ',', take);
    this.#parser?.end(this.#belowHeader(take));
  }

  #begin(delimiter: string, take: TakeRow): void {
    this.#parser = new CsvParser(delimiter, this.#options.name);
    const text = this.#head.replace(blankLines, onlyLineEnds);
    this.#head = '';
    this.#parser.push(text, this.#belowHeader(take));
  }

  #belowHeader(take: TakeRow): (row: CsvRow) => void {
    return (row) => {
      if (this.#header === null) this.#header = new CsvHeader(row, this.#options, this.#template);
      else take(new RowBelow(row, this.#header));
    };
  }
}

class RowBelow implements Row {
  readonly which = null;
  readonly #row: CsvRow;
  readonly #header: CsvHeader;

  constructor(row: CsvRow, header: CsvHeader) {
    this.#row = row;
    this.#header = header;
  }

  get line(): number {
    return this.#row.line;
  }

  get cells(): readonly string[] {
    return this.#row.cells;
  }

  content(): Content {
    return this.#header.contentOf(this.#row);
  }
}
