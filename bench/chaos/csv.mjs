/** The checker's own reading of CSV (RFC 4180): shares no code with the program. */

import { readFile } from 'node:fs/promises';

/** Rows as objects by column; throws on what is no CSV, or on a row of another length. */
export function parseCsv(text) {
  const rows = rowsOf(text);
  const header = rows.shift() ?? [];
  return rows.map((row, at) => {
    if (row.length !== header.length)
      throw new Error(`row ${at + 2}: expected ${header.length} cells, saw ${row.length}`);
    return Object.fromEntries(header.map((name, column) => [name, row[column]]));
  });
}

export const readCsv = async (path) => parseCsv(await readFile(path, 'utf8'));

function rowsOf(text) {
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  const rows = [];
  let row = [];
  while (cell.lastIndex < text.length) {
    const at = cell.lastIndex;
    const found = cell.exec(text);
    if (found === null) throw new Error(`no CSV at character ${at}`);
    row.push(found[1] === undefined ? found[2] : found[1].replaceAll('""', '"'));
    if (found[3] === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

/** Text as a cell. */
export const csvCell = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
