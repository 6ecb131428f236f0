/** The journal's records in order, with the help of its digest: what that tells surely is not parsed again. */

import { constants, type FileHandle, open } from 'node:fs/promises';
import { JournalError } from '../errors.ts';
import type { JobRecord } from '../types.ts';
import { Block, type Digested, mostBlockWords } from './digest.ts';
import type { DigestEnd, DigestWriter } from './digest-writer.ts';
import { openLine, readLines } from './lines.ts';

export interface JournalVisitor {
  /** A plain success. False: it is wanted whole, and nothing was done with it. */
  plain(entry: Digested): boolean;
  /** Any other, and those wanted whole. */
  whole(record: JobRecord, offset: number): void;
}

export interface JournalFiles {
  readonly journal: string;
  /** Null: each record is wanted whole. */
  readonly digest: string | null;
}

export interface Visited {
  /** Bytes at the journal's end that are no whole line. */
  readonly cutBytes: number;
}

/** Read at once where nothing is known of the lines: the objects of a record are garbage before the next one's. */
const tailBytes = 128 * 1024;
/** No record of ours is as long; a block that tells so is no block of ours. */
const longestStretchBytes = 256 * 1024 * 1024;
const lineFeed = 10;
/** Whatever stands in its place, a pipe too: it is not waited for. */
const readOnly = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Tells each record, as `readJournal` yields them; none where there is no journal yet.
 *
 * A stretch of the journal is told by its digest only where the CRC-32 of all its bytes is that of the bytes which the
 * digest was made of. From the first one that differs on, the journal alone is read.
 * @param writer Is told what the digest does not hold yet, and may be gone on with. Default: the digest stays as it is.
 * @throws JournalError
 */
export async function visitJournal(
  { journal: path, digest }: JournalFiles,
  visitor: JournalVisitor,
  writer: DigestWriter | null = null,
): Promise<Visited> {
  try {
    const journal = await openOrNull(path);
    if (journal === null) return { cutBytes: 0 };
    await using _ = journal;
    const end = digest === null ? nothingDigested : await visitDigested(journal, digest, visitor);
    writer?.goOnAt(end);
    return { cutBytes: await visitRest(journal, end.journalBytes, { visitor, writer }) };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    // Reading all of it in the plain way tells what is wrong with it, and in which line.
    for await (const _ of readLines(path, { cutBytes: 0 }));
    throw new JournalError(`${path}: was changed while it was read`, { cause: error });
  } finally {
    await writer?.settle();
  }
}

/** The journal cannot be read, or a line of it was changed. */
class Unreadable extends Error {}

async function openOrNull(path: string): Promise<FileHandle | null> {
  try {
    return await open(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new Unreadable(path, { cause: error });
  }
}

const nothingDigested: DigestEnd = { digestBytes: 0, journalBytes: 0 };

/** Gives where that ended. The next stretch is read while one is looked at. */
async function visitDigested(journal: FileHandle, path: string, visitor: JournalVisitor): Promise<DigestEnd> {
  const digest = await open(path, readOnly).catch(() => null);
  if (digest === null) return nothingDigested;
  await using _ = digest;
  const { size } = await journal.stat();
  const file = { journal, digest, size };
  let end = nothingDigested;
  let [room, other] = [new Room(), new Room()];
  let loading = room.load(file, end);
  try {
    for (;;) {
      const loaded = await loading;
      if (loaded === null) return end;
      const { block, stretch } = loaded;
      const next = {
        digestBytes: end.digestBytes + block.bytes,
        journalBytes: end.journalBytes + stretch.length,
      };
      [room, other] = [other, room];
      loading = room.load(file, next);
      if (!block.isOf(stretch)) return end;
      visitBlock(block, stretch, { offset: end.journalBytes, visitor });
      end = next;
    }
  } finally {
    await loading.catch(() => {}); // before its files are closed
  }
}

interface Loaded {
  readonly block: Block;
  /** As many bytes of the journal as the block is about. */
  readonly stretch: Buffer;
}

/** For one block and its stretch: read into again, as new memory would lie about until V8 clears it. */
class Room {
  private readonly words = new Uint32Array(mostBlockWords);
  private bytes = Buffer.allocUnsafeSlow(0);

  /** Null where no block is. */
  async load(
    { journal, digest, size }: { journal: FileHandle; digest: FileHandle; size: number },
    { digestBytes, journalBytes }: DigestEnd,
  ): Promise<Loaded | null> {
    const { words } = this;
    const read = await digest.read(words, 0, words.byteLength, digestBytes).catch(() => null);
    const block = read === null ? null : Block.at(words.subarray(0, Math.floor(read.bytesRead / 4)));
    if (block === null) return null;
    const { stretchBytes } = block;
    if (journalBytes + stretchBytes > size || stretchBytes > longestStretchBytes) return null;
    if (this.bytes.length < stretchBytes) this.bytes = Buffer.allocUnsafeSlow(stretchBytes);
    const stretch = this.bytes.subarray(0, stretchBytes);
    return (await isFilled(stretch, journal, journalBytes)) ? { block, stretch } : null;
  }
}

async function isFilled(bytes: Buffer, file: FileHandle, from: number): Promise<boolean> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesRead } = await readOf(file, bytes, at, from + at);
    if (bytesRead === 0) return false;
    at += bytesRead;
  }
  return true;
}

const readOf = (file: FileHandle, into: Buffer, at: number, from: number) =>
  file.read(into, at, into.length - at, from).catch((cause: unknown) => {
    throw new Unreadable('', { cause });
  });

/** Runs for each record of a batch at each start: nothing is awaited, and of most nothing is parsed. */
function visitBlock(
  block: Block,
  stretch: Buffer,
  { offset, visitor }: { readonly offset: number; readonly visitor: JournalVisitor },
): void {
  let at = 0;
  for (let number = 0; number < block.count; number += 1) {
    const next = at + block.lineBytes(number);
    const entry = block.entry(number, offset + at);
    if (entry === null || !visitor.plain(entry)) {
      visitor.whole(recordIn(stretch.subarray(at, next - 1)), offset + at);
    }
    at = next;
  }
}

function recordIn(line: Buffer): JobRecord {
  const value = openLine(line);
  if (value === null) throw new Unreadable();
  return value as JobRecord;
}

interface RestReaders {
  readonly visitor: JournalVisitor;
  readonly writer: DigestWriter | null;
}

/** From here to the end, line by line. Gives how many bytes at the end are no whole line. */
async function visitRest(
  journal: FileHandle,
  from: number,
  { visitor, writer }: RestReaders,
): Promise<number> {
  let bytes = Buffer.allocUnsafeSlow(tailBytes);
  let offset = from;
  let held = 0;
  for (;;) {
    if (held === bytes.length) bytes = Buffer.concat([bytes, Buffer.allocUnsafeSlow(bytes.length)]);
    const { bytesRead } = await readOf(journal, bytes, held, offset + held);
    if (bytesRead === 0) return held;
    const filled = bytes.subarray(0, held + bytesRead);
    let begin = 0;
    for (let end = filled.indexOf(lineFeed, held); end !== -1; end = filled.indexOf(lineFeed, begin)) {
      const record = recordIn(filled.subarray(begin, end));
      visitor.whole(record, offset + begin);
      writer?.add(record, filled.subarray(begin, end + 1), offset + begin);
      begin = end + 1;
    }
    bytes.copyWithin(0, begin, filled.length);
    held = filled.length - begin;
    offset += begin;
  }
}
