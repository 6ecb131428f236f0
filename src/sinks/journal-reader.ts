/** Single lines out of the journal, or another file of sealed lines, by offset. */

import { type FileHandle, open } from 'node:fs/promises';
import { JournalError } from '../errors.ts';
import type { JobRecord } from '../types.ts';
import { openLine } from './lines.ts';

export interface JournalReader<Line = JobRecord> extends AsyncDisposable {
  /** The line that begins at this offset; asked for one at a time. @throws JournalError */
  at(offset: number): Promise<Line>;
  /** The same where all its bytes are at hand, as those of most are; null where it has to be waited for. @throws JournalError */
  atHand(offset: number): Line | null;
}

/**
 * Records lie about where their neighbours in the dataset do, and revisions far behind: a few places at once. The
 * memory of the block longest unused is read into again: as garbage it would lie about until V8 sees a need to clear.
 */
const blockBytes = 128 * 1024;
const blocksKept = 16;
const lineFeed = 10;

interface Block {
  readonly memory: Buffer;
  readonly length: number;
}

/** The file is opened with the first record asked for: a batch without any may have none. */
export function openJournalReader<Line = JobRecord>(path: string): JournalReader<Line> {
  let file: Promise<FileHandle> | null = null;
  const blocks = new Map<number, Block>();
  let newest = -1;

  /** The first is the one longest unused. */
  const moveToEnd = (number: number, block: Block) => {
    blocks.delete(number);
    blocks.set(number, block);
    newest = number;
  };

  const read = async (number: number): Promise<Block> => {
    file ??= open(path);
    const memory = memoryFor(blocks);
    const { bytesRead } = await (await file).read(memory, 0, blockBytes, number * blockBytes);
    return { memory, length: bytesRead };
  };

  /** Good until the next one is asked for. */
  const bytesOf = async (number: number): Promise<Buffer> => {
    const block = blocks.get(number) ?? (await read(number));
    moveToEnd(number, block);
    return block.memory.subarray(0, block.length);
  };

  const line = async (offset: number): Promise<Buffer> => {
    const parts: Buffer[] = [];
    let from = offset % blockBytes;
    for (let number = Math.floor(offset / blockBytes); ; number += 1) {
      const bytes = await bytesOf(number);
      const end = bytes.indexOf(lineFeed, from);
      const part = bytes.subarray(from, end === -1 ? undefined : end);
      const isWhole = end !== -1 || bytes.length < blockBytes;
      if (isWhole) return parts.length === 0 ? part : Buffer.concat([...parts, part]);
      parts.push(Buffer.from(part));
      from = 0;
    }
  };

  const lineOf = (bytes: Buffer, offset: number): Line => {
    const value = openLine(bytes);
    if (value === null) throw new JournalError(`${path}: the line at byte ${offset} was changed`);
    return value as Line;
  };

  return {
    at: async (offset) => {
      const bytes = await line(offset).catch((error: unknown) => {
        throw unreadable(path, error);
      });
      return lineOf(bytes, offset);
    },
    atHand: (offset) => {
      const number = Math.floor(offset / blockBytes);
      const block = blocks.get(number);
      if (block === undefined) return null;
      const from = offset % blockBytes;
      const end = block.memory.indexOf(lineFeed, from);
      if (end === -1 || end >= block.length) return null;
      if (number !== newest) moveToEnd(number, block);
      return lineOf(block.memory.subarray(from, end), offset);
    },
    [Symbol.asyncDispose]: async () => (await file?.catch(() => null))?.close(),
  };
}

/** Of the block longest unused, which is given up; new where there are few. */
function memoryFor(blocks: Map<number, Block>): Buffer {
  const [oldest] = blocks;
  if (oldest === undefined || blocks.size < blocksKept) return Buffer.allocUnsafeSlow(blockBytes);
  const [number, { memory }] = oldest;
  blocks.delete(number);
  return memory;
}

const unreadable = (path: string, cause: unknown) =>
  new JournalError(`${path}: cannot be read (${cause instanceof Error ? cause.message : String(cause)})`, {
    cause,
  });
