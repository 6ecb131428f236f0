/** Lines that carry a checksum, and the reading of a file of them. */

import { createReadStream } from 'node:fs';
import { truncate } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { JournalError } from '../errors.ts';

const tail = /,"crc32":"([0-9a-f]{8})"\}$/;
const tailLength = ',"crc32":"00000000"}'.length;

/** An object's JSON as a line, its last field a CRC-32 of the bytes before that field's comma. */
export function sealedLine(value: object): string {
  const open = JSON.stringify(value).slice(0, -1);
  return `${open},"crc32":"${crc32(open).toString(16).padStart(8, '0')}"}\n`;
}

/** The object of a line without its line end; null where its checksum is wrong or missing. */
export function openLine(line: Buffer): unknown {
  const end = line.subarray(-tailLength).toString('latin1');
  const sum = tail.exec(end)?.[1];
  if (sum === undefined || crc32(line.subarray(0, -tailLength)) !== Number.parseInt(sum, 16)) return null;
  try {
    return JSON.parse(line.toString('utf8'));
  } catch {
    return null;
  }
}

export interface ReadLine {
  readonly value: unknown;
  readonly offset: number;
}

export interface LinesRead {
  /** Bytes cut off the end: a line that was being written when its writer died. */
  cutBytes: number;
}

/**
 * Reads a file of sealed lines in order. A line at the end that is not whole is cut off the file, and told in `read`.
 * @throws JournalError at a line in the middle that is damaged.
 */
export async function* readLines(path: string, read: LinesRead): AsyncGenerator<ReadLine[]> {
  let rest = Buffer.alloc(0);
  let offset = 0;
  let number = 0;
  let damaged: { number: number; offset: number } | null = null;

  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    const bytes = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
    const lines: ReadLine[] = [];
    let from = 0;
    for (let end = bytes.indexOf(10, from); end !== -1; end = bytes.indexOf(10, from)) {
      number += 1;
      if (damaged !== null) throw damagedAt(path, damaged.number);
      const value = openLine(bytes.subarray(from, end));
      if (value === null) damaged = { number, offset: offset + from };
      else lines.push({ value, offset: offset + from });
      from = end + 1;
    }
    rest = Buffer.from(bytes.subarray(from));
    offset += from;
    yield lines;
  }
  if (damaged !== null && rest.length > 0) throw damagedAt(path, damaged.number);
  const goodEnd = damaged?.offset ?? offset;
  read.cutBytes = offset + rest.length - goodEnd;
  if (read.cutBytes > 0) await truncate(path, goodEnd);
}

const damagedAt = (path: string, number: number) =>
  new JournalError(
    `${path}:${number}: this line is damaged, and good ones follow it: something other than threadmill wrote here. Start another batch with --new, or put back a good copy.`,
  );
