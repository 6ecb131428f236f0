/** Rows as the text of a CSV file. Pure. */

import { stringify } from 'csv-stringify/sync';

/**
 * Needs quotes in a CSV. A semicolon or a tab does too: spreadsheets take them for the end of a cell where they are not,
 * and what comes behind, `x;=1+1`, would be a formula that no guard has seen (LibreOffice, with the separators it
 * proposes).
 */
const needsQuotes = /[",;\t\r\n]/;

/** Between cells that are put in quotes together. */
const between = '\0';

/**
 * Gathers rows. csv-stringify takes half a microsecond to look at a cell, and of twenty in a row of results few need
 * quotes: only these are given to it, all of a piece of text at once.
 */
export class CsvText {
  /** The text from one cell in quotes to the next. */
  #between: string[] = [];
  #quoted: string[] = [];
  #text = '';
  #length = 0;

  /** UTF-16 units gathered, about. */
  get length(): number {
    return this.#length;
  }

  add(row: readonly string[]): void {
    let text = this.#text;
    for (let at = 0; at < row.length; at++) {
      const cell = row[at] ?? '';
      if (at > 0) text += ',';
      if (cell === '') continue;
      this.#length += cell.length;
      if (needsQuotes.test(cell)) {
        this.#between.push(text);
        this.#quoted.push(cell);
        text = '';
      } else {
        text += cell;
      }
    }
    this.#text = `${text}\n`;
    this.#length += row.length;
  }

  /** The text of all rows added since, which are forgotten. */
  take(): string {
    const quoted = inQuotes(this.#quoted);
    const text = this.#between.map((plain, at) => plain + (quoted[at] ?? '')).join('') + this.#text;
    this.#between = [];
    this.#quoted = [];
    this.#text = '';
    this.#length = 0;
    return text;
  }
}

function inQuotes(cells: readonly string[]): string[] {
  if (cells.length === 0) return [];
  const rows = cells.map((cell) => [cell]);
  const quoted = stringify(rows, { quoted: true, eof: false, record_delimiter: between }).split(between);
  // Else some cell holds what is to stand between them.
  return quoted.length === cells.length
    ? quoted
    : rows.map((row) => stringify([row], { quoted: true, eof: false }));
}

/** Were it not in quotes, a byte order mark in the first column's name would be taken for the file's own. */
export const headerText = (header: readonly string[]): string =>
  stringify([header as string[]], { quoted_match: /^\ufeff|[;\t]/ });
