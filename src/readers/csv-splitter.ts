import { DatasetError } from '../errors.ts';
import { longestRow, nulProblem } from './rows.ts';

const quote = 34;
const lineFeed = 10;
const carriageReturn = 13;
const nul = 0;

export interface CsvRow {
  /** Where it starts, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
  /** Why it cannot be read, as far as its quotes tell. */
  readonly problem: string | null;
}

/** What was read last. `afterQuote`: of a quoted cell, a quote that is either doubled or the closing one. */
type State = 'cellStart' | 'plain' | 'quoted' | 'afterQuote';

/**
 * Splits CSV text into rows (RFC 4180), cells byte for byte. Lines end in LF, CRLF or CR; blank ones are left out.
 * A misplaced quote is taken as it stands and makes its row a bad one, so that the rows behind it stay whole.
 *
 * No library's, since none tells each row's first line, resumes behind a bad row, and reads a million rows in a few
 * seconds; its test holds it against csv-parse.
 */
export class CsvSplitter {
  readonly #delimiter: number;
  readonly #name: string;
  #state: State = 'cellStart';
  #isAfterReturn = false;
  #isQuoted = false;
  #cell = '';
  #cells: string[] = [];
  #cellsLength = 0;
  #problem: string | null = null;
  #line = 1;
  #rowLine = 1;
  #quoteLine = 1;
  #done: CsvRow | null = null;

  /** @param name What to call the file in errors. */
  constructor(delimiter: string, name: string) {
    this.#delimiter = delimiter.charCodeAt(0);
    this.#name = name;
  }

  /** @throws DatasetError At a row too long to be one. */
  *push(text: string): Generator<CsvRow, void> {
    for (let at = 0; at < text.length; ) {
      at = this.#read(text, at);
      if (this.#done !== null) {
        yield this.#done;
        this.#done = null;
      }
    }
    if (this.#cellsLength + this.#cell.length > longestRow) throw this.#tooLong();
  }

  /** @throws DatasetError At a quote nobody closed. */
  *end(): Generator<CsvRow, void> {
    if (this.#state === 'quoted') {
      throw this.#openQuote('never closed: put a closing one, or double it where it is part of the text');
    }
    if (this.#state !== 'cellStart' || this.#cells.length > 0) this.#endRow();
    if (this.#done !== null) yield this.#done;
    this.#done = null;
  }

  #read(text: string, at: number): number {
    switch (this.#state) {
      case 'cellStart':
        return this.#startCell(text, at);
      case 'plain':
        return this.#readPlain(text, at);
      case 'quoted':
        return this.#readQuoted(text, at);
      case 'afterQuote':
        return this.#leaveQuoted(text, at);
    }
  }

  #startCell(text: string, at: number): number {
    const code = text.charCodeAt(at);
    const endsReturn = this.#isAfterReturn && code === lineFeed;
    this.#isAfterReturn = false;
    if (endsReturn) return at + 1;
    if (code !== quote) return this.#readPlain(text, at);
    this.#state = 'quoted';
    this.#isQuoted = true;
    this.#quoteLine = this.#line;
    return at + 1;
  }

  #readPlain(text: string, from: number): number {
    const at = this.#endOfPlain(text, from);
    this.#state = 'plain';
    this.#cell += text.slice(from, at);
    if (at === text.length) return at;
    const code = text.charCodeAt(at);
    if (code === this.#delimiter) this.#endCell();
    else if (code === lineFeed || code === carriageReturn) this.#endLine(code);
    else {
      this.#problem ??= code === nul ? nulProblem : strayQuote;
      this.#cell += text.charAt(at);
    }
    return at + 1;
  }

  #endOfPlain(text: string, from: number): number {
    const delimiter = this.#delimiter;
    let at = from;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === delimiter) break;
      if (code <= quote && (code === quote || code === lineFeed || code === carriageReturn || code === nul))
        break;
    }
    return at;
  }

  #readQuoted(text: string, from: number): number {
    const end = endOfQuoted(text, from);
    const slice = text.slice(from, end);
    if (slice.includes('\0')) this.#problem ??= nulProblem;
    if (slice.includes('\n') || slice.includes('\r')) this.#countLines(slice);
    else if (slice !== '') this.#isAfterReturn = false;
    this.#cell += slice.includes('"') ? slice.replaceAll('""', '"') : slice;
    if (end === text.length) return end;
    this.#state = 'afterQuote';
    return end + 1;
  }

  #countLines(text: string): void {
    let isAfterReturn = this.#isAfterReturn;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === carriageReturn || (code === lineFeed && !isAfterReturn)) this.#line++;
      isAfterReturn = code === carriageReturn;
    }
    this.#isAfterReturn = isAfterReturn;
  }

  #leaveQuoted(text: string, at: number): number {
    const code = text.charCodeAt(at);
    if (code === this.#delimiter) this.#endCell();
    else if (code === lineFeed || code === carriageReturn) this.#endLine(code);
    else {
      if (code !== quote) this.#problem ??= strayQuote;
      this.#state = code === quote ? 'quoted' : 'plain';
      this.#cell += '"';
      return code === quote ? at + 1 : at;
    }
    return at + 1;
  }

  #endCell(): void {
    this.#cells.push(this.#cell);
    this.#cellsLength += this.#cell.length;
    this.#cell = '';
    this.#state = 'cellStart';
    this.#isAfterReturn = false;
  }

  #endLine(code: number): void {
    this.#endRow();
    this.#line++;
    this.#rowLine = this.#line;
    this.#isAfterReturn = code === carriageReturn;
  }

  #endRow(): void {
    this.#endCell();
    const cells = this.#cells;
    const isBlank = cells.length === 1 && !this.#isQuoted && cells[0]?.trim() === '';
    if (!isBlank) this.#done = { line: this.#rowLine, cells, problem: this.#problem };
    this.#cells = [];
    this.#cellsLength = 0;
    this.#problem = null;
    this.#isQuoted = false;
  }

  #tooLong(): DatasetError {
    const millions = `${longestRow / 1024 / 1024} million characters`;
    return this.#state === 'quoted'
      ? this.#openQuote(`not closed within ${millions}: is its closing one missing?`)
      : new DatasetError(
          `${this.#name}:${this.#rowLine}`,
          `expected a row of at most ${millions}, saw a longer one`,
        );
  }

  #openQuote(saw: string): DatasetError {
    return new DatasetError(`${this.#name}:${this.#quoteLine}`, `the quote opened in this line is ${saw}`);
  }
}

/** Where a single quote stands, or one of which the text does not tell whether it is doubled. */
function endOfQuoted(text: string, from: number): number {
  for (let at = from; ; at += 2) {
    at = text.indexOf('"', at);
    if (at === -1) return text.length;
    if (text.charCodeAt(at + 1) !== quote) return at;
  }
}

const strayQuote =
  'expected a quote to open or close a whole cell, saw one amid its text: put the cell in quotes and double those within';
