/** Room on disk for what a process does not keep in memory. */

import { closeSync, openSync, readSync, rmSync, unlinkSync, writeSync } from 'node:fs';
import { SinkError } from './errors.ts';

/**
 * A file that loses its name as soon as it is made, so that nothing of it is left behind, after a kill either.
 * It is made with the first bytes, and read and written without a promise: by those who cannot wait.
 */
export class Scratch implements Disposable {
  private readonly path: string;
  private readonly cure: string;
  private file: number | null = null;
  private size = 0;

  /**
   * @param path For a moment; what stands in its place is taken away.
   * @param cure What a person can do where it cannot be written.
   */
  constructor(path: string, cure = 'make room there') {
    this.path = path;
    this.cure = cure;
  }

  /** Gives where they lie. @throws SinkError */
  append(bytes: Uint8Array): number {
    const place = this.size;
    this.write(bytes, place);
    this.size += bytes.length;
    return place;
  }

  /** Over those that were appended there. @throws SinkError */
  write(bytes: Uint8Array, place: number): void {
    try {
      this.file ??= openNameless(this.path);
      for (let at = 0; at < bytes.length; ) {
        at += writeSync(this.file, bytes, at, bytes.length - at, place + at);
      }
    } catch (error) {
      throw this.fault('written', error);
    }
  }

  /** Fills `bytes` with what lies there. @throws SinkError */
  read(bytes: Uint8Array, place: number): void {
    try {
      this.file ??= openNameless(this.path);
      for (let at = 0; at < bytes.length; ) {
        const count = readSync(this.file, bytes, at, bytes.length - at, place + at);
        if (count === 0) throw new Error(`it ends at byte ${place + at}`);
        at += count;
      }
    } catch (error) {
      throw this.fault('read back', error);
    }
  }

  [Symbol.dispose](): void {
    if (this.file !== null) closeSync(this.file);
    this.file = null;
  }

  private fault(done: 'written' | 'read back', cause: unknown): SinkError {
    const why = cause instanceof Error ? cause.message : String(cause);
    return new SinkError(`${this.path}: cannot be ${done} (${why}): ${this.cure}`, { cause });
  }
}

function openNameless(path: string): number {
  rmSync(path, { force: true });
  const file = openSync(path, 'wx+', 0o600);
  unlinkSync(path);
  return file;
}
