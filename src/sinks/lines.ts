/** Lines that carry a checksum, and the reading of a file of them. */

import { open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { JournalError } from '../errors.ts';

const tail = /^,"crc32":"([0-9a-f]{8})"\}$/;
const tailLength = ',"crc32":"00000000"}'.length;
const lineFeed = 10;

/** An object's JSON as a line, its last field a CRC-32 of the bytes before that field's comma. */
export function sealedLine(value: object): Buffer {
  const json = JSON.stringify(value);
  const end = Buffer.byteLength(json) - 1; // the seal takes the place of the last brace
  const line = Buffer.allocUnsafe(end + tailLength + 1);
  line.write(json);
  const sum = crc32(line.subarray(0, end)).toString(16).padStart(8, '0');
  line.write(`,"crc32":"${sum}"}\n`, end, 'latin1');
  return line;
}

/** The object of a line without its line end, as it was sealed; null where its checksum is wrong or missing. */
export function openLine(line: Buffer): unknown {
  const end = line.length - tailLength;
  const sum = tail.exec(line.toString('latin1', Math.max(0, end)))?.[1];
  if (sum === undefined || crc32(line.subarray(0, end)) !== Number.parseInt(sum, 16)) return null;
  try {
    return JSON.parse(`${line.toString('utf8', 0, end)}}`);
  } catch {
    return null;
  }
}

export interface ReadLine {
  readonly value: unknown;
  readonly offset: number;
}

export interface LinesRead {
  /** Bytes at the end that are no whole line. Left in the file: whoever appends next cuts them off. */
  cutBytes: number;
}

/**
 * Reads a file of sealed lines in order, some at a time; nothing where there is no file.
 *
 * Whoever dies while it writes leaves a line without its end: nobody was told that it is durable, so it does not
 * count. A line that has its end was written whole; if its checksum is wrong it was changed afterwards, the last
 * one too, and may be one that others rely on.
 * @throws JournalError at the first line that was changed.
 */
export async function* readLines(path: string, read: LinesRead): AsyncGenerator<ReadLine[]> {
  let offset = 0;
  let number = 0;
  for await (const lines of linesOf(chunksOf(path), read)) {
    const values: ReadLine[] = [];
    for (const line of lines) {
      number += 1;
      const value = openLine(line);
      if (value === null) throw changedAt(path, number);
      values.push({ value, offset });
      offset += line.length + 1;
    }
    yield values;
  }
}

/** The lines that have their end, whatever they hold. */
export async function* wholeLines(
  chunks: AsyncIterable<Buffer>,
  read: LinesRead,
): AsyncGenerator<{ readonly bytes: Buffer; readonly number: number }> {
  let number = 0;
  for await (const lines of linesOf(chunks, read)) {
    for (const bytes of lines) {
      number += 1;
      yield { bytes, number };
    }
  }
}

/** Lines without their ends, as many as a chunk brings at once. */
async function* linesOf(chunks: AsyncIterable<Buffer>, read: LinesRead): AsyncGenerator<Buffer[]> {
  let begun: Buffer[] = [];
  for await (const chunk of chunks) {
    const lines: Buffer[] = [];
    let from = 0;
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, from)) {
      const rest = chunk.subarray(from, end);
      lines.push(begun.length === 0 ? rest : Buffer.concat([...begun, rest]));
      begun = [];
      from = end + 1;
    }
    if (from < chunk.length) begun.push(chunk.subarray(from));
    yield lines;
  }
  read.cutBytes = begun.reduce((sum, { length }) => sum + length, 0);
}

/** Of what is read at once all objects are alive together: of 1 MB they outlived V8's young space, and filled the old one. */
const chunkBytes = 128 * 1024;

async function* chunksOf(path: string): AsyncGenerator<Buffer> {
  try {
    const file = await open(path);
    for await (const chunk of file.createReadStream({ highWaterMark: chunkBytes })) yield chunk;
  } catch (error) {
    if (isMissing(error)) return;
    const reason = error instanceof Error ? error.message : String(error);
    throw new JournalError(`${path}: cannot be read (${reason})`, { cause: error });
  }
}

const isMissing = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOENT';

const changedAt = (path: string, number: number) =>
  new JournalError(
    `${path}:${number}: this line was changed after it was written: its checksum is not that of its content. Put back a good copy of the file; or go on with a copy that leaves out what was changed, and names it (--mend); or start another batch (--new).`,
  );
