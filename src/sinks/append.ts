/** A file that lines are appended to durably, in groups: whatever comes while one group is being synced is the next. */

import { type FileHandle, open } from 'node:fs/promises';
import { SinkError } from '../errors.ts';

export interface Appender {
  /** Resolves with the line's offset once it is on the disk. @throws SinkError, and for every line after it too. */
  append(line: string): Promise<number>;
  close(): Promise<void>;
}

interface Waiting {
  readonly bytes: Buffer;
  readonly done: (offset: number) => void;
  readonly failed: (error: SinkError) => void;
}

/** Bytes written between two looks at what else has come: keeps one group from growing without end. */
const mostGroupBytes = 8 * 1024 * 1024;

export async function openAppender(path: string): Promise<Appender> {
  const file = await open(path, 'a', 0o600).catch((error: unknown) => {
    throw new SinkError(`${path}: cannot be opened for writing (${reason(error)})`, { cause: error });
  });
  let size = (await file.stat()).size;
  let waiting: Waiting[] = [];
  let broken: SinkError | null = null;
  let flushing: Promise<void> | null = null;

  const writeGroup = async (group: readonly Waiting[]) => {
    await writeAll(file, Buffer.concat(group.map(({ bytes }) => bytes)));
    await file.datasync();
    for (const { bytes, done } of group) {
      done(size);
      size += bytes.length;
    }
  };
  const flush = async () => {
    while (waiting.length > 0 && broken === null) {
      const group = takeGroup(waiting);
      waiting = waiting.slice(group.length);
      try {
        await writeGroup(group);
      } catch (error) {
        broken = new SinkError(`${path}: cannot be written (${reason(error)})`, { cause: error });
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
        waiting.push({ bytes: Buffer.from(line), done, failed });
        // From the next tick on, so that lines that come together are one group.
        flushing ??= Promise.resolve().then(flush);
      }),
    close: async () => {
      await flushing;
      await file.close();
    },
  };
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
    from += bytesWritten;
  }
}

const reason = (error: unknown) => (error instanceof Error ? error.message : String(error));
