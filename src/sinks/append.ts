/** A file that lines are appended to durably, in groups: whatever comes while one group is being synced is the next. */

import { constants, type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Backlog, Ownership } from '../contracts.ts';
import { syncDirectory, unwritable } from '../durable.ts';
import { JournalError, LockedError, SinkError } from '../errors.ts';

export interface Appender {
  /** Resolves with the line's offset once it is on the disk. @throws SinkError, LockedError; and for every line after it too. */
  append(line: Buffer): Promise<number>;
  /** Waits for what was appended. */
  close(): Promise<void>;
}

interface Waiting {
  readonly bytes: Buffer;
  readonly done: (offset: number) => void;
  readonly failed: (error: Error) => void;
}

/** Bytes written between two looks at what else has come: keeps one group from growing without end. */
const mostGroupBytes = 8 * 1024 * 1024;

export interface AppenderOptions {
  /** Proved before anything is written. Default: nobody else can have the file. */
  readonly ownership?: Ownership | undefined;
  /** Told what waits. Default: nobody wants to know. */
  readonly backlog?: Backlog | undefined;
}

/**
 * Opens a file of lines, or makes it. A line at its end that is not whole is cut off.
 * @throws SinkError, and JournalError where a link is in the way.
 */
export async function openAppender(
  path: string,
  { ownership, backlog }: AppenderOptions = {},
): Promise<Appender> {
  const { file, end } = await openAtEnd(path);
  let size = end;
  let waiting: Waiting[] = [];
  let broken: SinkError | LockedError | null = null;
  let flushing: Promise<void> | null = null;

  const writeGroup = async (group: readonly Waiting[]) => {
    if (ownership?.isSure === false) await ownership.prove();
    await writeAll(file, Buffer.concat(group.map(({ bytes }) => bytes)));
    await file.datasync();
    for (const { bytes, done } of group) {
      done(size);
      size += bytes.length;
      backlog?.remove(bytes.length);
    }
  };
  const flush = async () => {
    while (waiting.length > 0 && broken === null) {
      const group = takeGroup(waiting);
      waiting = waiting.slice(group.length);
      try {
        await writeGroup(group);
      } catch (error) {
        broken = error instanceof LockedError ? error : unwritable(path, error);
        // Back to the last line that is whole. A failed sync is never tried again: its pages may be lost already.
        await file.truncate(size).catch(() => {});
        for (const { failed } of [...group, ...waiting]) failed(broken);
      }
    }
    // In the same step as the look at `waiting`: a line that comes between the two would never be written.
    flushing = null;
  };

  return {
    append: (line) =>
      new Promise((done, failed) => {
        if (broken !== null) return failed(broken);
        waiting.push({ bytes: line, done, failed });
        backlog?.add(line.length);
        // From the next tick on, so that lines that come together are one group.
        flushing ??= Promise.resolve().then(flush);
      }),
    close: async () => {
      await flushing;
      broken ??= new SinkError(`${path}: is closed`);
      // Every line is on the disk already, or was refused: closing can tell nothing new.
      await file.close().catch(() => {});
    },
  };
}

async function openAtEnd(path: string): Promise<{ file: FileHandle; end: number }> {
  const { O_RDWR, O_APPEND, O_CREAT, O_NOFOLLOW } = constants;
  let file: FileHandle | null = null;
  try {
    file = await open(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600);
    const { size } = await file.stat();
    const end = await endOfLastLine(file, size);
    if (end < size) await file.truncate(end);
    // Lines that an earlier start did not live to sync are relied on from now on, and so is a new file's name.
    await (size === 0 ? syncDirectory(dirname(path)) : file.datasync());
    return { file, end };
  } catch (error) {
    await file?.close();
    if (error instanceof Error && 'code' in error && error.code === 'ELOOP') {
      throw new JournalError(`${path}: expected a file, found a symbolic link; remove it`, { cause: error });
    }
    throw unwritable(path, error);
  }
}

const lookBackBytes = 64 * 1024;

async function endOfLastLine(file: FileHandle, size: number): Promise<number> {
  const buffer = Buffer.allocUnsafe(Math.min(size, lookBackBytes));
  for (let to = size; to > 0; ) {
    const from = Math.max(0, to - lookBackBytes);
    const { bytesRead } = await file.read(buffer, 0, to - from, from);
    const at = buffer.subarray(0, bytesRead).lastIndexOf('\n');
    if (at !== -1) return from + at + 1;
    to = from;
  }
  return 0;
}

function takeGroup(waiting: readonly Waiting[]): Waiting[] {
  let bytes = 0;
  const end = waiting.findIndex((line) => {
    bytes += line.bytes.length;
    return bytes > mostGroupBytes;
  });
  return end === -1 ? [...waiting] : waiting.slice(0, Math.max(1, end));
}

/** A short write is no error yet: a full disk takes what fits, and only the next one tells. */
async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let from = 0; from < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, from);
    if (bytesWritten === 0) throw new Error('nothing more is taken');
    from += bytesWritten;
  }
}
