/** A CSV file that is there whole, or as it was before. */

import { rename, rm } from 'node:fs/promises';
import type { Ownership } from '../contracts.ts';
import { openFresh, unwritable } from '../durable.ts';
import { LockedError } from '../errors.ts';
import { CsvText, headerText } from './csv-text.ts';

export interface CsvFile extends AsyncDisposable {
  add(row: readonly string[]): void;
  /** Is it time for a `flush`? What is added meanwhile is held in memory. */
  readonly isFull: boolean;
  /** @throws SinkError */
  flush(): Promise<void>;
  /** Puts the file in its place once it is on the disk; without it nothing is left. @throws SinkError */
  end(): Promise<void>;
}

/** UTF-16 units gathered before they are written. */
const gatheredLength = 256 * 1024;

export interface CsvFileOptions {
  /** Begins with a byte order mark, as spreadsheets want it. */
  readonly bom: boolean;
  /** Proved before the file is put in its place. Default: nobody else writes there. */
  readonly ownership?: Ownership | undefined;
}

/** @throws SinkError, LockedError */
export async function openCsv(
  path: string,
  header: readonly string[],
  options: CsvFileOptions,
): Promise<CsvFile> {
  const { bom, ownership } = options;
  const temporary = `${path}.new`;
  const orUnwritable = (error: unknown) => {
    throw error instanceof LockedError ? error : unwritable(path, error);
  };
  await ownership?.prove();
  const file = await openFresh(temporary).catch(orUnwritable);
  const text = new CsvText();
  let head = (bom ? '\ufeff' : '') + headerText(header);
  let isInPlace = false;

  const flush = async () => {
    const all = head + text.take();
    head = '';
    await file.appendFile(all);
  };

  return {
    add: (row) => text.add(row),
    get isFull() {
      return text.length >= gatheredLength;
    },
    flush: () => flush().catch(orUnwritable),
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
