import { Readable } from 'node:stream';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textOf } from '../../src/readers/decode.ts';
import { bytesIn, encodings, inPieces, pieceSizes } from './reading.ts';

async function decode(pieces: readonly Buffer[], encoding?: string): Promise<string> {
  let text = '';
  for await (const piece of textOf(Readable.from(pieces), { name: 'qa', encoding })) text += piece;
  return text;
}

/** Bytes that are not of any encoding, one by one, so that no chunk holds a whole character. */
const inBytes = (...bytes: number[]) => inPieces(Buffer.from(bytes), [1]);
const ascii = (text: string) => [...Buffer.from(text)];

describe('text', () => {
  it('is every character of the file, however its bytes are cut', async () => {
    const anyUnicode = fc.string({ unit: 'binary', maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(
        anyUnicode,
        fc.constantFrom(...encodings),
        pieceSizes,
        async (text, encoding, sizes) => {
          const expected = encoding === 'utf-8' && text.startsWith('\uFEFF') ? text.slice(1) : text;

          expect(await decode(inPieces(bytesIn(encoding, text), sizes))).toBe(expected);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('loses a byte order mark at its start alone', async () => {
    expect(await decode([Buffer.from('\uFEFFa\uFEFFb')])).toBe('a\uFEFFb');
  });

  it('of UTF-16 needs no mark where the encoding is named', async () => {
    expect(await decode([Buffer.from('aé', 'utf16le')], 'utf-16le')).toBe('aé');
    expect(await decode([Buffer.from('aé', 'utf16le').swap16()], 'UTF-16BE')).toBe('aé');
  });

  it('of one byte is decoded', async () => {
    expect(await decode([Buffer.from('a')])).toBe('a');
    expect(await decode([])).toBe('');
  });

  it('of another encoding is decoded by its name', async () => {
    expect(await decode(inBytes(0x83, 0x65, 0x83, 0x58), 'shift_jis')).toBe('テス');
    expect(await decode(inBytes(0xe9, 0x80, 0x92), 'latin1')).toBe('é€’');
    expect(await decode(inBytes(0xcf, 0xd2), 'koi8-r')).toBe('ор');
  });

  it('of an encoding nobody knows is refused', async () => {
    await expect(decode([], 'utf-9')).rejects.toMatchObject({
      name: 'ConfigError',
      message:
        '--encoding: expected an encoding such as utf-8, utf-16le, latin1, windows-1252 or shift_jis, got "utf-9"',
    });
  });
});

describe('bytes that are not of the encoding', () => {
  it.each<[string, Buffer[], string | undefined, string]>([
    [
      'a lone byte',
      inBytes(...ascii('ab\ncd'), 0xe9, ...ascii(' x')),
      undefined,
      'qa:2: column 3: byte 0xE9 is not UTF-8: save the file as UTF-8, or say what it is, as --encoding latin1',
    ],
    ['behind a mark', inBytes(0xef, 0xbb, 0xbf, 0x80), undefined, 'qa:1: column 1: byte 0x80 is not UTF-8'],
    [
      'behind long characters',
      [Buffer.from([...Buffer.from('\r\n\r\né😀'), 0xff])],
      undefined,
      'qa:3: column 4: byte 0xFF is not UTF-8',
    ],
    ['an encoded surrogate', inBytes(0xed, 0xa0, 0x80), undefined, 'qa:1: column 1: byte 0xED is not UTF-8'],
    ['an overlong form', inBytes(0xc0, 0xaf), undefined, 'qa:1: column 1: byte 0xC0 is not UTF-8'],
    [
      'a character cut off',
      inBytes(...ascii('a\n'), 0xf0, 0x9f, 0x98),
      undefined,
      'qa:2: column 1: the file ends within a character: it is cut off, or not UTF-8',
    ],
    [
      'half of a pair in UTF-16',
      inBytes(0xff, 0xfe, 0x61, 0, 0x0a, 0, 0x3d, 0xd8, 0x61, 0),
      undefined,
      'qa:2: column 1: byte 0x3D is not UTF-16LE: say with --encoding what it is',
    ],
    [
      'half a character in UTF-16',
      inBytes(0xfe, 0xff, 0, 0x61, 0),
      undefined,
      'qa:1: column 2: the file ends within a character: it is cut off, or not UTF-16BE',
    ],
    [
      'a byte of no character in Shift JIS',
      [Buffer.from([0x83]), Buffer.from([0x65, 0x0a, 0x61]), Buffer.from([0x83, 0xff])],
      'shift_jis',
      'qa:2: column 2: byte 0x83 is not SHIFT_JIS',
    ],
  ])('are refused with their place: %s', async (_what, pieces, encoding, fault) => {
    const whole = Buffer.concat(pieces);

    await expect(decode(pieces, encoding)).rejects.toThrow(fault);
    await expect(decode([whole], encoding)).rejects.toThrow(fault);
  });
});
