/** Writes `results.digest` along with the journal: 44 bytes a record, a block for each megabyte of it, never synced. */

import { constants, type FileHandle, open } from 'node:fs/promises';
import type { Ownership } from '../contracts.ts';
import { openFresh } from '../durable.ts';
import type { JobRecord } from '../types.ts';
import { BlockBuilder } from './digest.ts';

/** Where the part of a digest ends that holds, and the part of the journal that it is about. */
export interface DigestEnd {
  readonly digestBytes: number;
  readonly journalBytes: number;
}

/**
 * Told of each durable record, in the journal's order. Whatever goes wrong ends it silently: what the digest does not
 * tell, the next start reads in the journal.
 */
export class DigestWriter {
  private readonly path: string;
  private readonly ownership: Ownership | undefined;
  private readonly block = new BlockBuilder();
  /** Where the next block is to be written. */
  private position = 0;
  /** Where the next line is to begin. */
  private journalBytes = 0;
  private isOver = false;
  private file: FileHandle | null = null;
  private writing: Promise<void> = Promise.resolve();

  /** @param ownership Proved before anything is written. Default: nobody else can have the file. */
  constructor(path: string, ownership?: Ownership) {
    this.path = path;
    this.ownership = ownership;
  }

  /** What stands behind this end is cut off, once there is something to be written. To be called before `add`. */
  goOnAt({ digestBytes, journalBytes }: DigestEnd): void {
    this.position = digestBytes;
    this.journalBytes = journalBytes;
  }

  /** @param line As it stands in the journal, with its end. */
  add(record: JobRecord, line: string | Uint8Array, offset: number): void {
    // Out of order it would be about another journal.
    this.isOver ||= offset !== this.journalBytes;
    if (this.isOver) return;
    this.journalBytes += this.block.add(record, line);
    if (this.block.isFull) this.flush();
  }

  /** Writes what there is and closes the file; it may be gone on with. */
  async settle(): Promise<void> {
    if (!this.block.isEmpty) this.flush();
    await this.writing;
    const { file } = this;
    this.file = null;
    await file?.close().catch(() => {});
  }

  private flush(): void {
    const bytes = this.block.take();
    this.writing = this.writing.then(() => this.write(bytes));
  }

  private async write(bytes: Buffer): Promise<void> {
    if (this.isOver) return;
    try {
      if (this.ownership?.isSure === false) await this.ownership.prove();
      this.file ??= await openAt(this.path, this.position);
      const { bytesWritten } = await this.file.write(bytes, 0, bytes.length, this.position);
      this.position += bytesWritten;
      this.isOver ||= bytesWritten < bytes.length;
    } catch {
      this.isOver = true;
    }
  }
}

/** Only a file that begins with blocks of ours is gone on with; any other may be a link to somebody's own. */
async function openAt(path: string, end: number): Promise<FileHandle> {
  if (end === 0) return openFresh(path);
  const file = await open(path, constants.O_RDWR | constants.O_NOFOLLOW);
  await file.truncate(end);
  return file;
}
