/** Single records out of the journal, by offset: near neighbours come from one read. */

import { type FileHandle, open } from 'node:fs/promises';
import { JournalError } from '../errors.ts';
import type { JobRecord } from '../types.ts';
import { openLine } from './lines.ts';

export interface JournalReader extends AsyncDisposable {
  /** The record that begins at this offset. @throws JournalError */
  at(offset: number): Promise<JobRecord>;
}

const windowBytes = 1024 * 1024;
/** Records end out of order by about as many as are in flight: read some before the one asked for. */
const lookBackBytes = 128 * 1024;

export async function openJournalReader(path: string): Promise<JournalReader> {
  const file = await open(path, 'r');
  let window: Buffer = Buffer.alloc(0);
  let start = 0;

  const line = async (offset: number): Promise<Buffer> => {
    let end = offset < start ? -1 : window.indexOf(10, offset - start);
    if (end === -1) {
      start = Math.max(0, offset - lookBackBytes);
      window = await readAt(file, start, windowBytes);
      end = window.indexOf(10, offset - start);
    }
    for (let size = windowBytes * 2; end === -1 && window.length === size / 2; size *= 2) {
      start = offset;
      window = await readAt(file, start, size);
      end = window.indexOf(10);
    }
    return window.subarray(offset - start, end === -1 ? undefined : end);
  };

  return {
    at: async (offset) => {
      const value = openLine(await line(offset));
      if (value === null) throw new JournalError(`${path}: the record at byte ${offset} is damaged`);
      return value as JobRecord;
    },
    [Symbol.asyncDispose]: () => file.close(),
  };
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
