/** A CSV file that is there whole, or as it was before. */

import { rename, rm } from 'node:fs/promises';
import { stringify } from 'csv-stringify/sync';
import type { Ownership } from '../contracts.ts';
import { openFresh, unwritable } from '../durable.ts';
import { LockedError } from '../errors.ts';

export interface CsvFile extends AsyncDisposable {
  /** @throws SinkError */
  write(row: readonly string[]): Promise<void>;
  /** Puts the file in its place once it is on the disk; without it nothing is left. @throws SinkError */
  end(): Promise<void>;
}

type Row = readonly string[];

/** UTF-16 units gathered before they are written. */
const gatheredLength = 256 * 1024;

export interface CsvFileOptions {
  /** Begins with a byte order mark, as spreadsheets want it. */
  readonly bom: boolean;
  /** Proved before the file is put in its place. Default: nobody else writes there. */
  readonly ownership?: Ownership | undefined;
}

/** @throws SinkError, LockedError */
export async function openCsv(path: string, header: Row, options: CsvFileOptions): Promise<CsvFile> {
  const { bom, ownership } = options;
  const temporary = `${path}.new`;
  const orUnwritable = (error: unknown) => {
    throw error instanceof LockedError ? error : unwritable(path, error);
  };
  await ownership?.prove();
  const file = await openFresh(temporary).catch(orUnwritable);
  let text = (bom ? '\ufeff' : '') + headerText(header);
  let rows: Row[] = [];
  let length = 0;
  let isInPlace = false;

  const flush = async () => {
    text += textOf(rows);
    rows = [];
    length = 0;
    await file.appendFile(text);
    text = '';
  };

  return {
    write: async (row) => {
      rows.push(row);
      for (const cell of row) length += cell.length;
      if (length >= gatheredLength) await flush().catch(orUnwritable);
    },
    end: async () => {
      try {
        await flush();
        await file.sync();
        await file.close();
        await ownership?.prove();
        await rename(temporary, path);
        isInPlace = true;
      } catch (error) {
        orUnwritable(error);
      }
    },
    [Symbol.asyncDispose]: async () => {
      if (isInPlace) return;
      await file.close();
      if (ownership?.lost.aborted) return; // what lies there under that name is the other's
      await rm(temporary, { force: true });
    },
  };
}

/**
 * A semicolon or a tab is in quotes too: spreadsheets take them for the end of a cell where they are not, and what comes
 * behind, `x;=1+1`, would be a formula that no guard has seen (LibreOffice, with the separators it proposes).
 */
const textOf = (rows: readonly Row[]): string => stringify(rows as string[][], { quoted_match: /[;\t]/ });

/** Were it not in quotes, a byte order mark in the first column's name would be taken for the file's own. */
const headerText = (header: Row): string =>
  stringify([header as string[]], { quoted_match: /^\ufeff|[;\t]/ });
