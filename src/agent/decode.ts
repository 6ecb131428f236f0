/** Encodings of a body. We ask for none; some servers encode all the same. */

import {
  brotliDecompressSync,
  gunzipSync,
  inflateSync,
  type ZlibOptions,
  constants as zlibConstants,
} from 'node:zlib';

export type ContentEncoding = string | readonly string[] | undefined;

/** @throws where the bytes are not of that encoding, or are not whole. */
export function decoded(body: Buffer, encoding: ContentEncoding, mostBytes: number): Buffer {
  return decode(body, encoding, { maxOutputLength: mostBytes });
}

/** What can be read of a body that was cut; empty where nothing can. */
export function decodedFar(body: Buffer, encoding: ContentEncoding, mostBytes: number): Buffer {
  try {
    const { Z_SYNC_FLUSH } = zlibConstants;
    return decode(body, encoding, { maxOutputLength: mostBytes, finishFlush: Z_SYNC_FLUSH });
  } catch {
    return Buffer.alloc(0);
  }
}

function decode(body: Buffer, encoding: ContentEncoding, options: ZlibOptions): Buffer {
  const name = String(encoding ?? '')
    .trim()
    .toLowerCase();
  switch (name) {
    case '':
    case 'identity':
      return body;
    case 'gzip':
    case 'x-gzip':
      return gunzipSync(body, options);
    case 'deflate':
      return inflateSync(body, options);
    case 'br':
      return brotliDecompressSync(body, { maxOutputLength: options.maxOutputLength });
    default:
      throw new Error(`the answer is encoded as ${name}`);
  }
}
