/** The body of an answer, unpacked as it comes. We ask for no encoding; some servers encode all the same. */

import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

export type ContentEncoding = string | readonly string[] | undefined;

/** Told what becomes of a body; nothing after `whole` or `fault`. */
export interface BodyEnds {
  piece(bytes: Buffer): void;
  whole(): void;
  /** The bytes are not of that encoding, or not whole. */
  fault(cause: Error): void;
}

/** The connection, while there is more of a body than can be unpacked at once. */
export interface Flow {
  pause(): void;
  resume(): void;
}

export interface Body {
  push(chunk: Buffer): void;
  end(): void;
  /** It breaks off: what can be read of it is told, then `done` is called. Nothing is a fault any more. */
  cut(done: () => void): void;
  /** No more of it is wanted. */
  drop(): void;
}

/** The encoding's name, in small letters; null where the body comes as it is. */
export function encodingOf(header: ContentEncoding): string | null {
  if (header === undefined) return null;
  const name = String(header).trim().toLowerCase();
  return name === '' || name === 'identity' ? null : name;
}

export function createBody(encoding: string, flow: Flow, ends: BodyEnds): Body {
  /** None before the first byte: what has no body may be said to be encoded all the same. */
  let unpacked: Transform | null = null;
  let isCut = false;
  const begin = (): Transform | null => {
    const unpacking = unpackers.get(encoding)?.() ?? null;
    if (unpacking === null) {
      ends.fault(new Error(`the answer is encoded as ${encoding}`));
      return null;
    }
    unpacking.on('data', ends.piece);
    unpacking.on('end', () => isCut || ends.whole());
    unpacking.on('error', (cause) => isCut || ends.fault(cause));
    return unpacking;
  };

  return {
    push: (chunk) => {
      unpacked ??= begin();
      if (unpacked === null || unpacked.write(chunk)) return;
      flow.pause();
      // Of a connection that is gone nothing may be resumed.
      unpacked.once('drain', () => isCut || flow.resume());
    },
    end: () => {
      if (unpacked === null) ends.whole();
      else unpacked.end();
    },
    cut: (done) => {
      isCut = true;
      if (unpacked === null || unpacked.destroyed) return done();
      unpacked.once('close', done);
      unpacked.end();
    },
    drop: () => {
      isCut = true;
      unpacked?.destroy();
    },
  };
}

const unpackers = new Map<string, () => Transform>([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
]);
