/**
 * `results.digest`, beside the journal: of each record the few figures that a start needs of most, so that it need
 * not parse the journal. Derived, and never believed where the journal is not byte for byte what it was made of.
 *
 * Blocks of 32-bit words, each about a stretch of whole lines behind that of the block before:
 * what it is · how many entries · CRC-32 of the stretch's bytes · CRC-32 of all the block's other words · entries.
 * The words are in this machine's order: on one of another order the first of them is wrong, and nothing is believed.
 */

import { crc32 } from 'node:zlib';
import type { JobRecord, Usage } from '../types.ts';

/** A block's first word: another one with each change of what its words mean. */
const mark = 0x746d_6401;
const headWords = 4;
const entryWords = 11;
const wordBytes = 4;

/** No block has more. */
const mostEntries = 4_096;
/** A block ends with the line that fills it. */
const stretchBytes = 1024 * 1024;
export const mostBlockWords = headWords + mostEntries * entryWords;

/** Stands for null, and as an index for a record that must be read from the journal itself. */
const none = 0xffff_ffff;

/** Of a plain success what its digest tells; all else it holds is in the journal alone. */
export class Digested {
  readonly outcome = 'success';
  readonly failure = null;
  readonly index: number;
  readonly trial: number;
  readonly turn: number | null;
  readonly latency_ms: number | null;
  readonly ttft_ms: number | null;
  readonly wait_ms: number | null;
  readonly usage: Usage | null;
  readonly idHash: number;
  /** Of its line in the journal. */
  readonly offset: number;

  /** @param at Where its words begin. */
  constructor(words: Uint32Array, at: number, offset: number) {
    const turn = words[at + 4] ?? none;
    const input = words[at + 8] ?? none;
    this.idHash = words[at + 1] ?? 0;
    this.index = words[at + 2] ?? none;
    this.trial = words[at + 3] ?? 0;
    this.turn = turn === none ? null : turn;
    this.latency_ms = timeOf(words[at + 5]);
    this.ttft_ms = timeOf(words[at + 6]);
    this.wait_ms = timeOf(words[at + 7]);
    this.usage =
      input === none
        ? null
        : {
            input_tokens: input,
            output_tokens: words[at + 9] ?? 0,
            total_tokens: words[at + 10] ?? 0,
          };
    this.offset = offset;
  }
}

/** Stands for an id where rows that are surely none of a few are to be passed over. */
export const idHashOf = (id: string): number => crc32(id);

/** Fills a block, entry by entry. */
export class BlockBuilder {
  private readonly words = new Uint32Array(mostBlockWords);
  private count = 0;
  private bytes = 0;
  private sum = 0;

  get isEmpty(): boolean {
    return this.count === 0;
  }

  get isFull(): boolean {
    return this.count === mostEntries || this.bytes >= stretchBytes;
  }

  /** @param line With its end. Gives its length in bytes. */
  add(record: JobRecord, line: string | Uint8Array): number {
    const { words } = this;
    const at = headWords + this.count * entryWords;
    const length = Buffer.byteLength(line);
    words[at] = length;
    words[at + 1] = idHashOf(record.id);
    if (!fill(words, at, record)) words[at + 2] = none;
    this.sum = crc32(line, this.sum);
    this.count += 1;
    this.bytes += length;
    return length;
  }

  /** The block's bytes; a new block begins. */
  take(): Buffer {
    const words = this.words.slice(0, headWords + this.count * entryWords);
    words[0] = mark;
    words[1] = this.count;
    words[2] = this.sum;
    words[3] = sumOfBlock(words);
    this.count = 0;
    this.bytes = 0;
    this.sum = 0;
    return Buffer.from(words.buffer);
  }
}

/** What is not whole, or was not made by this version, is no block. */
export class Block {
  readonly words: Uint32Array;
  readonly count: number;
  /** Its own length. */
  readonly bytes: number;
  /** Length of the stretch that it is about. */
  readonly stretchBytes: number;

  private constructor(words: Uint32Array, count: number, stretch: number) {
    this.words = words;
    this.count = count;
    this.bytes = words.length * wordBytes;
    this.stretchBytes = stretch;
  }

  /** The block that these words begin with; null where they begin with none. */
  static at(words: Uint32Array): Block | null {
    const count = words[1] ?? 0;
    const end = headWords + count * entryWords;
    if (words[0] !== mark || count === 0 || count > mostEntries || end > words.length) return null;
    const own = words.subarray(0, end);
    if (words[3] !== sumOfBlock(own)) return null;
    let stretch = 0;
    for (let at = headWords; at < end; at += entryWords) stretch += own[at] ?? 0;
    return new Block(own, count, stretch);
  }

  /** Are these the bytes that it was made of? */
  isOf(stretch: Uint8Array): boolean {
    return crc32(stretch) === this.words[2];
  }

  /** Of an entry's line. */
  lineBytes(entry: number): number {
    return this.words[headWords + entry * entryWords] ?? 0;
  }

  /** Null: the record is no plain success, and only the journal tells of it. @param offset Of its line. */
  entry(entry: number, offset: number): Digested | null {
    const at = headWords + entry * entryWords;
    return this.words[at + 2] === none ? null : new Digested(this.words, at, offset);
  }
}

const sumOfBlock = (words: Uint32Array): number =>
  crc32(bytesOf(words.subarray(headWords)), crc32(bytesOf(words.subarray(0, 3))));

const bytesOf = ({ buffer, byteOffset, byteLength }: Uint32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** False where the record is no plain success, or holds what these words cannot tell exactly. */
function fill(words: Uint32Array, at: number, record: JobRecord): boolean {
  const { usage } = record;
  const latency = hundredthsOf(record.latency_ms);
  const ttft = hundredthsOf(record.ttft_ms);
  const wait = hundredthsOf(record.wait_ms);
  const isPlain =
    record.outcome === 'success' &&
    record.revision === 1 &&
    record.failure === null &&
    isCount(record.index) &&
    isCount(record.trial) &&
    (record.turn === null || isCount(record.turn)) &&
    latency !== -1 &&
    ttft !== -1 &&
    wait !== -1 &&
    (usage === null ||
      (isCount(usage.input_tokens) && isCount(usage.output_tokens) && isCount(usage.total_tokens)));
  if (!isPlain) return false;
  words[at + 2] = record.index;
  words[at + 3] = record.trial;
  words[at + 4] = record.turn ?? none;
  words[at + 5] = latency;
  words[at + 6] = ttft;
  words[at + 7] = wait;
  words[at + 8] = usage === null ? none : usage.input_tokens;
  words[at + 9] = usage === null ? none : usage.output_tokens;
  words[at + 10] = usage === null ? none : usage.total_tokens;
  return true;
}

const isCount = (value: number): boolean => Number.isInteger(value) && value >= 0 && value < none;

/** -1: it is not one that was rounded as ours are, or too long. */
function hundredthsOf(ms: number | null): number {
  if (ms === null) return none;
  const hundredths = Math.round(ms * 100);
  return isCount(hundredths) && hundredths / 100 === ms ? hundredths : -1;
}

const timeOf = (hundredths: number | undefined): number | null =>
  hundredths === undefined || hundredths === none ? null : hundredths / 100;
