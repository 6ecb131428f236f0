import { isUtf8 } from 'node:buffer';
import type { Readable } from 'node:stream';
import { TextDecoder } from 'node:util';
import type { ReadOptions } from '../contracts.ts';
import { ConfigError, DatasetError } from '../errors.ts';
import { bytesOf } from './bytes.ts';
import { Place } from './place.ts';

/** Gives the text of a chunk, and holds back a last character that is not whole yet. */
type Decode = (bytes: Buffer, isLast: boolean) => string;

const byteOrderMark = '\uFEFF';
const markBytes = 2;
const longestCharacterBytes = 4;
const noBytes: Buffer = Buffer.alloc(0);

/**
 * A dataset's text, chunk by chunk, without its byte order mark. Every character is the file's own:
 * bytes that are not of the encoding are an error, never a replacement character.
 *
 * @throws ConfigError At an encoding nobody knows.
 * @throws DatasetError At `name:line`, with the column and the byte.
 */
export async function* textOf(source: Readable, options: ReadOptions): AsyncGenerator<string, void> {
  let isAtStart = true;
  for await (const text of decoded(source, options)) {
    if (text === '') continue;
    yield isAtStart && text.startsWith(byteOrderMark) ? text.slice(1) : text;
    isAtStart = false;
  }
}

async function* decoded(source: Readable, options: ReadOptions): AsyncGenerator<string, void> {
  let decode =
    options.encoding === undefined ? null : decoderOf(knownEncoding(options.encoding), options.name);
  let head = noBytes;
  for await (const bytes of bytesOf(source, options.name)) {
    head = decode === null ? Buffer.concat([head, bytes]) : bytes;
    if (head.length < markBytes && decode === null) continue;
    decode ??= decoderOf(encodingByMark(head), options.name);
    yield decode(head, false);
    head = noBytes;
  }
  decode ??= decoderOf(encodingByMark(head), options.name);
  yield decode(head, true);
}

function encodingByMark(head: Buffer): string {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  return 'utf-8';
}

function knownEncoding(encoding: string): string {
  try {
    return new TextDecoder(encoding).encoding;
  } catch (cause) {
    const known = 'expected an encoding such as utf-8, utf-16le, latin1, windows-1252 or shift_jis';
    throw new ConfigError(`--encoding: ${known}, got "${encoding}"`, { cause });
  }
}

function decoderOf(encoding: string, name: string): Decode {
  return encoding === 'utf-8' ? utf8Decoder(name) : namedDecoder(encoding, name);
}

/** Checks a chunk as a whole: several times faster than a TextDecoder. */
function utf8Decoder(name: string): Decode {
  const place = new Place();
  let held = noBytes;
  return (chunk, isLast) => {
    const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    const end = isLast ? bytes.length : wholeCharacters(bytes);
    held = bytes.subarray(end);
    const whole = bytes.subarray(0, end);
    if (!isUtf8(whole)) throw notOfEncoding(whole, fatal('utf-8'), { name, place });
    const text = whole.toString('utf8');
    place.pass(text);
    return text;
  };
}

/** How many of the bytes come before a last character that is not whole yet. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** A second decoder stays a character behind: after a failure it is fed byte by byte, to find the place. */
function namedDecoder(encoding: string, name: string): Decode {
  const place = new Place();
  const ahead = fatal(encoding);
  const behind = fatal(encoding);
  let between = noBytes;
  return (chunk, isLast) => {
    const bytes = Buffer.concat([between, chunk]);
    try {
      // Always as a stream: in one go, Node takes windows-1252 for ISO 8859-1.
      const text = ahead.decode(chunk, { stream: true }) + (isLast ? ahead.decode() : '');
      const end = Math.max(0, bytes.length - longestCharacterBytes);
      place.pass(behind.decode(bytes.subarray(0, end), { stream: true }));
      between = bytes.subarray(end);
      return text;
    } catch {
      throw notOfEncoding(bytes, behind, { name, place });
    }
  };
}

/** Leaves the byte order mark in, so that no decoder eats one in the middle of a file. */
const fatal = (encoding: string) => new TextDecoder(encoding, { fatal: true, ignoreBOM: true });

/** @param decoder In the state in which it is to decode `bytes`, which begin at `place`. */
function notOfEncoding(
  bytes: Buffer,
  decoder: TextDecoder,
  { name, place }: { readonly name: string; readonly place: Place },
): DatasetError {
  let characterAt = 0;
  let isCutOff = true;
  for (let at = 0; at < bytes.length && isCutOff; at++) {
    try {
      const text = decoder.decode(bytes.subarray(at, at + 1), { stream: true });
      place.pass(text);
      if (text !== '') characterAt = at + 1;
    } catch {
      isCutOff = false;
    }
  }
  const byte = (bytes[characterAt] ?? 0).toString(16).toUpperCase().padStart(2, '0');
  const saw = isCutOff ? 'the file ends within a character: it is cut off, or' : `byte 0x${byte} is`;
  const advice =
    decoder.encoding === 'utf-8'
      ? 'save the file as UTF-8, or say what it is, as --encoding latin1'
      : 'say with --encoding what it is';
  const expected = decoder.encoding.toUpperCase();
  return new DatasetError(
    `${name}:${place.line}`,
    `column ${place.column}: ${saw} not ${expected}: ${advice}`,
  );
}
