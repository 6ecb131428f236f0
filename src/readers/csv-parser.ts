import { CsvError, type Parser, parse } from 'csv-parse';
import { DatasetError } from '../errors.ts';
import { Place } from './place.ts';
import { type CsvRow, isBlank, RegularRows, type TakeCsvRow } from './regular-rows.ts';
import { longestRow as defaultLongestRow, nulProblem } from './rows.ts';

/** No table has as many columns; each empty cell takes more memory than its delimiter. */
const manyCells = 4_000_000;

/** What csv-parse gives for a row with its option `raw`. */
interface ParsedRow {
  readonly record: readonly string[];
  /**
   * The row's text, from the end of the row before it. Of a line end outside of quotes it holds one character,
   * also of CRLF; the line ends of lines left out come first.
   */
  readonly raw: string;
}

/**
 * Splits CSV text into rows, cells byte for byte: from the first row with an odd quote on with csv-parse, which knows what
 * is wrong with it. Lines end in LF, CRLF or CR; blank ones are left out.
 *
 * Lines are counted here, by each row's raw text: csv-parse takes a CRLF in quotes for two lines, and its option `info`
 * doubles its time. Its parser is a stream that works within `write`: what it found is read, and its failure seen,
 * without a promise for each row.
 */
export class CsvParser {
  readonly #regular: RegularRows;
  readonly #parser: Parser;
  readonly #delimiter: string;
  readonly #name: string;
  readonly #longestRow: number;
  readonly #longest: string;
  /** Where the row before ended. */
  #line = 1;
  /** Characters that csv-parse was given since its last row. */
  #fed = 0;
  /** Delimiters among them. */
  #cells = 0;

  /**
   * @param name       What to call the file in errors.
   * @param longestRow The most bytes a row may have.
   */
  constructor(delimiter: string, name: string, longestRow = defaultLongestRow) {
    this.#name = name;
    this.#longestRow = longestRow;
    this.#longest = `${longestRow / 1024 / 1024} million bytes`;
    this.#delimiter = delimiter;
    this.#regular = new RegularRows(delimiter, longestRow);
    this.#parser = parse({
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      // Rows of other lengths are ours to tell of.
      relax_column_count: true,
      skip_empty_lines: true,
      raw: true,
      max_record_size: longestRow,
    });
    // Told by `errored` at once; here it only has to be heard.
    this.#parser.on('error', () => {});
  }

  /** @throws DatasetError At a quote behind which rows cannot be told apart, and at a row too long to be one. */
  push(text: string, take: TakeCsvRow): void {
    if (this.#regular.isOver) {
      this.#feed(text);
    } else {
      this.#regular.push(text, take);
      if (!this.#regular.isOver) return;
      this.#takeOver();
    }
    this.#takeParsed(take);
  }

  /** @throws DatasetError As `push`, and at a quote nobody closed. */
  end(take: TakeCsvRow): void {
    if (!this.#regular.isOver) this.#takeOver();
    this.#parser.end();
    this.#takeParsed(take);
  }

  /** From where the regular rows end. */
  #takeOver(): void {
    this.#line = this.#regular.line;
    this.#feed(this.#regular.rest);
  }

  /** csv-parse counts what is in the cells alone: of delimiters and blank lines it would hold any number. */
  #feed(text: string): void {
    this.#fed += text.length;
    // Only in a row that is long already: the others need not be looked through.
    if (this.#fed > manyCells) this.#cells += text.split(this.#delimiter).length - 1;
    this.#parser.write(text);
  }

  #takeParsed(take: TakeCsvRow): void {
    for (;;) {
      const parsed: ParsedRow | null = this.#parser.read();
      if (parsed === null) break;
      const row = this.#rowOf(parsed);
      this.#fed = 0;
      this.#cells = 0;
      if (row !== null) take(row);
    }
    if (this.#parser.errored !== null) throw this.#fault(this.#parser.errored);
    if (this.#fed > this.#longestRow || this.#cells > manyCells)
      throw this.#error(this.#line, this.#tooLong());
  }

  #rowOf({ record: cells, raw }: ParsedRow): CsvRow | null {
    const isQuoted = raw.includes('"');
    const start = startOfRow(raw);
    const line = this.#line + start;
    this.#line = isQuoted ? this.#lineAt(raw, raw.length) : line + 1;
    return !isQuoted && isBlank(cells) ? null : { line, cells, holdsNul: raw.includes('\0') };
  }

  #fault(error: Error): Error {
    if (!(error instanceof CsvError)) return error;
    const raw = String(error['raw']);
    const rowLine = this.#line + startOfRow(raw);
    if (raw.includes('\0')) return this.#error(rowLine, nulProblem);
    switch (error.code) {
      case 'INVALID_OPENING_QUOTE':
      case 'CSV_INVALID_CLOSING_QUOTE':
        return this.#error(rowLine, strayQuote(rowLine, this.#lineAt(raw, raw.length)));
      case 'CSV_QUOTE_NOT_CLOSED':
        return this.#openQuote(
          raw,
          'never closed: put a closing one, or double it where it is part of the text',
        );
      case 'CSV_MAX_RECORD_SIZE':
        return openQuoteAt(raw) === -1
          ? this.#error(rowLine, this.#tooLong())
          : this.#openQuote(raw, `not closed within ${this.#longest}: is its closing one missing?`);
      default:
        return error;
    }
  }

  #tooLong(): string {
    return `expected a row of at most ${this.#longest}, saw a longer one`;
  }

  #openQuote(raw: string, saw: string): DatasetError {
    const line = this.#lineAt(raw, openQuoteAt(raw));
    return this.#error(line, `the quote opened in this line is ${saw}`);
  }

  #error(line: number, saw: string): DatasetError {
    return new DatasetError(`${this.#name}:${line}`, saw);
  }

  /** The line in which this place of a row's raw text is. */
  #lineAt(raw: string, at: number): number {
    const start = startOfRow(raw);
    const place = new Place(this.#line + start);
    place.pass(raw.slice(start, at));
    return place.line;
  }
}

/** Where a row begins in its raw text: before that, each character ends a line that was left out. */
function startOfRow(raw: string): number {
  let at = 0;
  while (raw[at] === '\n' || raw[at] === '\r') at++;
  return at;
}

/** Where the quote stands that a row's raw text leaves open; -1 where it leaves none. */
function openQuoteAt(raw: string): number {
  let openedAt = -1;
  let closedAt = -1;
  let isOpen = false;
  for (let at = raw.indexOf('"'); at !== -1; at = raw.indexOf('"', at + 1)) {
    isOpen = !isOpen;
    if (!isOpen) closedAt = at;
    else if (closedAt === -1 || closedAt !== at - 1) openedAt = at; // Else it is the second half of a doubled one.
  }
  return isOpen ? openedAt : -1;
}

function strayQuote(rowLine: number, quoteLine: number): string {
  const where = quoteLine === rowLine ? '' : ` in line ${quoteLine}`;
  const advice = 'put the cell in quotes and double those within';
  return `expected a quote to open or close a whole cell, saw one amid its text${where}: ${advice}; behind it rows cannot be told apart`;
}
