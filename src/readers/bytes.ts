import { createHash } from 'node:crypto';
import { pipeline, type Readable, Transform } from 'node:stream';
import { pipeline as finishedPipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { DatasetError } from '../errors.ts';

/** The bytes that a gzipped source holds. A broken source breaks them, and leaving them early closes it. */
export function gunzipped(source: Readable): Readable {
  const bytes = createGunzip();
  // Failures reach whoever iterates `bytes`; here they only have to be heard.
  pipeline(source, bytes, () => {});
  return bytes;
}

/**
 * A source's bytes, chunk by chunk.
 * @throws DatasetError at `name`, with the cause, when the source breaks off.
 */
export async function* bytesOf(source: Readable, name: string): AsyncGenerator<Buffer, void> {
  try {
    for await (const chunk of source) {
      yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    }
  } catch (error) {
    throw new DatasetError(name, whatBroke(error), { cause: error });
  }
}

function whatBroke(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'Z_BUF_ERROR') return 'the gzip data ends too early: the file is cut off, copy it again';
  if (code === 'Z_DATA_ERROR') {
    return 'expected gzip data, as the name ends in .gz, saw none or damaged: copy the file again, or rename it';
  }
  return `cannot be read to its end: ${error instanceof Error ? error.message : String(error)}`;
}

/**
 * A source's bytes, counted and hashed while they pass.
 * @returns `sha256` resolves once they all have passed, and rejects where their reader wanted no more.
 */
export function hashed(
  source: Readable,
  onProgress: (bytesRead: number) => void,
): { readonly bytes: Readable; readonly sha256: Promise<string> } {
  const hash = createHash('sha256');
  let bytesRead = 0;
  const bytes = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytesRead += chunk.length;
      onProgress(bytesRead);
      done(null, chunk);
    },
  });
  const sha256 = finishedPipeline(source, bytes).then(() => hash.digest('hex'));
  // Whoever iterates the bytes hears of a failure too, and first.
  sha256.catch(() => {});
  return { bytes, sha256 };
}
