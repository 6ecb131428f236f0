/** Single records out of the journal, by offset. */

import { type FileHandle, open } from 'node:fs/promises';
import { JournalError } from '../errors.ts';
import type { JobRecord } from '../types.ts';
import { openLine } from './lines.ts';

export interface JournalReader extends AsyncDisposable {
  /** The record that begins at this offset. @throws JournalError */
  at(offset: number): Promise<JobRecord>;
}

/** Records lie about where their neighbours in the dataset do, and revisions far behind: a few places at once. */
const blockBytes = 256 * 1024;
const blocksKept = 32;

/** The file is opened with the first record asked for: a batch without any may have none. */
export function openJournalReader(path: string): JournalReader {
  let file: Promise<FileHandle> | null = null;
  const blocks = new Map<number, Buffer>();

  const block = async (number: number): Promise<Buffer> => {
    file ??= open(path);
    const bytes = blocks.get(number) ?? (await readBlock(await file, number));
    blocks.delete(number); // to the end: the first is the one longest unused
    blocks.set(number, bytes);
    for (const oldest of blocks.keys()) {
      if (blocks.size <= blocksKept) break;
      blocks.delete(oldest);
    }
    return bytes;
  };

  const line = async (offset: number): Promise<Buffer> => {
    const parts: Buffer[] = [];
    let from = offset % blockBytes;
    for (let number = Math.floor(offset / blockBytes); ; number += 1) {
      const bytes = await block(number);
      const end = bytes.indexOf('\n', from);
      parts.push(bytes.subarray(from, end === -1 ? undefined : end));
      if (end !== -1 || bytes.length < blockBytes)
        return parts.length === 1 ? (parts[0] ?? bytes) : Buffer.concat(parts);
      from = 0;
    }
  };

  return {
    at: async (offset) => {
      const bytes = await line(offset).catch((error: unknown) => {
        throw unreadable(path, error);
      });
      const value = openLine(bytes);
      if (value === null) throw new JournalError(`${path}: the record at byte ${offset} was changed`);
      return value as JobRecord;
    },
    [Symbol.asyncDispose]: async () => (await file?.catch(() => null))?.close(),
  };
}

async function readBlock(file: FileHandle, number: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(
    Buffer.allocUnsafe(blockBytes),
    0,
    blockBytes,
    number * blockBytes,
  );
  return buffer.subarray(0, bytesRead);
}

const unreadable = (path: string, cause: unknown) =>
  new JournalError(`${path}: cannot be read (${cause instanceof Error ? cause.message : String(cause)})`, {
    cause,
  });
