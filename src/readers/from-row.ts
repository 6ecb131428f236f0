/** A dataset from one of its rows on, without reading those before it as rows. */

import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { OpenDataset } from '../contracts.ts';
import { type Format, openDataset } from './index.ts';
import type { ReadWithIds } from './read.ts';

/**
 * Opens a file at this row. Where it begins is found by line ends outside of quotes, so it may be another one in a
 * file that was never checked: see that the first example is the one expected. Lines are not counted: the file is to
 * be one that holds no bad row. Null: it cannot be entered there, or has no such row.
 * @param row From 0.
 */
export async function openFromRow(
  path: string,
  format: Format,
  options: ReadWithIds,
  row: number,
): Promise<OpenDataset | null> {
  const isLines = format.name === 'jsonl';
  if (format.isGzipped || !(isLines || format.name === 'csv' || format.name === 'tsv')) return null;
  if (options.encoding !== undefined && !/^utf-?8$/i.test(options.encoding)) return null;
  const start = await findLine(path, isLines ? row : row + 1, !isLines);
  if (start === null) return null;
  const bytes = Readable.from(bytesFrom(path, isLines ? 0 : start.firstLineEnd, start.offset));
  return openDataset(bytes, format, { ...options, firstIndex: row });
}

interface LineStart {
  readonly offset: number;
  /** Where the first line that is not blank ends: a CSV's header. */
  readonly firstLineEnd: number;
}

const scanBytes = 1024 * 1024;

/** Where so many lines that are not blank have ended; null where there are not as many. */
async function findLine(path: string, lines: number, isCsv: boolean): Promise<LineStart | null> {
  const scan = new LineScan(lines, isCsv);
  for await (const chunk of createReadStream(path, { highWaterMark: scanBytes })) {
    if (scan.isUtf16(chunk)) return null;
    const offset = scan.pass(chunk);
    if (offset !== null) return { offset, firstLineEnd: scan.firstLineEnd };
  }
  return null;
}

const byteOrderMark = Buffer.from('\uFEFF');
const [lineFeed, carriageReturn, quote, space] = [10, 13, 34, 32];

/** In UTF-8 none of these is part of another character. */
class LineScan {
  firstLineEnd = 0;
  private readonly wanted: number;
  private readonly isCsv: boolean;
  private lines = 0;
  /** Of the chunk in the file. */
  private position = 0;
  private isQuoted = false;
  private isBlank = true;

  constructor(wanted: number, isCsv: boolean) {
    this.wanted = wanted;
    this.isCsv = isCsv;
  }

  /** By its mark, at the file's beginning. */
  isUtf16([first, second]: Uint8Array): boolean {
    return (
      this.position === 0 && ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    );
  }

  /** The offset in the file behind the last line wanted; null where it is still to come. */
  pass(bytes: Buffer): number | null {
    const isMarked = this.position === 0 && byteOrderMark.equals(bytes.subarray(0, byteOrderMark.length));
    if (isMarked) this.position = byteOrderMark.length;
    const chunk = bytes.subarray(isMarked ? byteOrderMark.length : 0);
    const hasMore = this.isCsv && (this.isQuoted || chunk.includes(quote) || chunk.includes(carriageReturn));
    const at = hasMore ? this.passBytes(chunk) : this.passLines(chunk);
    const offset = at === null ? null : this.position + at;
    this.position += chunk.length;
    return offset;
  }

  /** Where there are neither quotes nor carriage returns that count: several times faster. */
  private passLines(chunk: Buffer): number | null {
    let from = 0;
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, from)) {
      const isBlank = this.isBlank && isBlankBetween(chunk, from, end);
      from = end + 1;
      if (!isBlank && this.isLastAt(from)) return from;
    }
    this.isBlank &&= isBlankBetween(chunk, from, chunk.length);
    return null;
  }

  private passBytes(chunk: Buffer): number | null {
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0;
      if (byte === quote) this.isQuoted = !this.isQuoted;
      const isEnd = !this.isQuoted && (byte === lineFeed || byte === carriageReturn);
      if (isEnd && !this.isBlank && this.isLastAt(at + 1)) return at + 1;
      if (byte > space) this.isBlank = false;
    }
    return null;
  }

  /** Counts a line that ends here in the chunk. */
  private isLastAt(at: number): boolean {
    this.isBlank = true;
    this.lines += 1;
    if (this.lines === 1) this.firstLineEnd = this.position + at;
    return this.lines === this.wanted;
  }
}

function isBlankBetween(chunk: Buffer, from: number, end: number): boolean {
  for (let at = from; at < end; at += 1) if ((chunk[at] ?? 0) > space) return false;
  return true;
}

async function* bytesFrom(path: string, headerBytes: number, offset: number): AsyncGenerator<Buffer> {
  if (headerBytes > 0) yield* createReadStream(path, { end: headerBytes - 1 });
  yield* createReadStream(path, { start: offset });
}
