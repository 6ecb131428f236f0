import { Readable } from 'node:stream';
import * as fc from 'fast-check';
import type { DatasetReader } from '../../src/contracts.ts';
import type { ReadWithIds } from '../../src/readers/read.ts';
import type { BadRow, Example } from '../../src/types.ts';

export const encodings = ['utf-8', 'utf-16le', 'utf-16be'] as const;

/** Text as a file of this encoding holds it: UTF-16 with its mark. */
export function bytesIn(encoding: (typeof encodings)[number], text: string): Buffer {
  if (encoding === 'utf-8') return Buffer.from(text);
  const bytes = Buffer.from(`\uFEFF${text}`, 'utf16le');
  return encoding === 'utf-16le' ? bytes : bytes.swap16();
}

/** The same bytes in pieces of these sizes, over and over. */
export function inPieces(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (let from = 0; from < bytes.length; ) {
    const size = sizes[pieces.length % sizes.length] ?? bytes.length;
    pieces.push(bytes.subarray(from, from + size));
    from += size;
  }
  return pieces;
}

export const pieceSizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });

/** Any text a file can hold: all of Unicode, control characters too, but NUL. */
export const anyText = fc.string({ unit: 'binary', maxLength: 30 }).filter((text) => !text.includes('\0'));

/** Text that is mostly what formats trip over. */
export const awkwardText = fc.string({
  unit: fc.constantFrom(
    '"',
    ',',
    ';',
    '\t',
    '\n',
    '\r',
    '\r\n',
    ' ',
    '\\',
    '{',
    '}',
    '[',
    ']',
    "'",
    'é',
    '👩‍🔬',
    '0',
    'a',
  ),
  maxLength: 12,
});

export const anyCell = fc.oneof(anyText, awkwardText);
export const anyPrompt = anyCell.filter((text) => text.trim() !== '');

export interface ReadResult {
  readonly examples: readonly Example[];
  readonly badRows: readonly BadRow[];
  readonly columns: readonly string[];
}

/** Reads a whole dataset of this text, or of these pieces of its bytes. */
export async function readAll(
  reader: DatasetReader,
  content: string | Buffer | readonly Buffer[],
  options: Partial<ReadWithIds> = {},
): Promise<ReadResult> {
  const pieces = Array.isArray(content) ? content : [Buffer.from(content as string)];
  const dataset = reader.open(Readable.from(pieces), { name: 'qa', ...options });
  const examples: Example[] = [];
  const badRows: BadRow[] = [];
  for await (const row of dataset) {
    if ('problem' in row) badRows.push(row);
    else examples.push(row);
  }
  return { examples, badRows, columns: dataset.columns };
}

export const inputsOf = ({ examples }: ReadResult) => examples.map(({ input }) => input);
export const idsOf = ({ examples }: ReadResult) => examples.map(({ id }) => id);

/** What reading this throws, as `class: message`. */
export async function faultOf(
  reader: DatasetReader,
  content: string | Buffer,
  options: Partial<ReadWithIds> = {},
): Promise<string> {
  try {
    await readAll(reader, content, options);
  } catch (error) {
    return String(error);
  }
  throw new Error('It was read without a fault.');
}
