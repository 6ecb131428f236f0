import { readFile, writeFile } from 'node:fs/promises';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JournalError } from '../../src/errors.ts';
import { openLine, type ReadLine, readLines, sealedLine } from '../../src/sinks/lines.ts';
import { emptyPlace } from './place.ts';

/** CRC-32 as zip has it, bit by bit. */
function slowCrc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** What JSON can say; it knows no -0. */
const anyJson = fc
  .jsonValue({ noUnicodeString: false, maxDepth: 4 })
  .map((value) => JSON.parse(JSON.stringify(value)));
const anyObject = fc
  .dictionary(fc.string({ unit: 'binary' }), anyJson, { minKeys: 1 })
  .map((object) => ({ id: 'x', ...object }));

async function readAll(path: string) {
  const read = { cutBytes: 0 };
  const lines: ReadLine[] = [];
  for await (const some of readLines(path, read)) lines.push(...some);
  return { values: lines.map(({ value }) => value), offsets: lines.map(({ offset }) => offset), ...read };
}

const textOf = (value: object): string => sealedLine(value).toString();

describe('a sealed line', () => {
  it('has the CRC-32 of the bytes before its comma', () => {
    const line = textOf({ id: 'ä', n: 1 });

    expect(line).toBe('{"id":"ä","n":1,"crc32":"78a492d7"}\n');
  });

  it('agrees with a CRC-32 of another making, whatever it holds', () => {
    fc.assert(
      fc.property(anyObject, (value) => {
        const line = textOf(value);

        const at = line.lastIndexOf(',"crc32":"');
        const sum = Number.parseInt(line.slice(at + 10, at + 18), 16);
        expect(sum).toBe(slowCrc32(Buffer.from(line.slice(0, at))));
      }),
    );
  });

  it.each([
    ['nothing', ''],
    ['less than a checksum', '"}'],
    ['a checksum alone', ',"crc32":"00000000"}'],
    ['no checksum', '{"id":"a"}'],
    [
      'a checksum in capitals',
      textOf({ id: 'j' })
        .trimEnd()
        .replace(/[0-9a-f]{8}(?="\}$)/, (sum) => sum.toUpperCase()),
    ],
    [
      'a good checksum over what is no JSON',
      '{"id":,"crc32":"'.concat(slowCrc32(Buffer.from('{"id":')).toString(16), '"}'),
    ],
  ])('is not opened where there is %s', (_, text) => {
    expect(openLine(Buffer.from(text))).toBeNull();
  });
});

describe('a file of sealed lines', () => {
  it('gives back what was written, in order, with where each begins', async () => {
    await using place = await emptyPlace();
    const path = place.at('lines');
    await fc.assert(
      fc.asyncProperty(fc.array(anyObject, { maxLength: 20 }), async (values) => {
        const bytes = values.map((value) => sealedLine(value));
        await writeFile(path, Buffer.concat(bytes));

        const read = await readAll(path);

        expect(read.values).toEqual(values);
        expect(read.offsets).toEqual(bytes.map((_, at) => Buffer.concat(bytes.slice(0, at)).length));
        expect(read.cutBytes).toBe(0);
      }),
    );
  });

  it.each([
    ['lone surrogates', { id: '\ud800 and \udc00' }],
    ['a field of the name __proto__', JSON.parse('{"id":"a","__proto__":{"polluted":true}}')],
    ['a field of the name crc32', { id: 'a', input: { crc32: '00000000' } }],
    ['line ends of every kind', { id: 'a\nb\r\nc\rd\u2028e\u2029f\u0085g' }],
    ['NUL and other controls', { id: '\0\u001b[31m\u0007' }],
  ])('gives back %s', async (_, value) => {
    await using place = await emptyPlace();
    await writeFile(place.at('lines'), sealedLine(value));

    const { values } = await readAll(place.at('lines'));

    expect(values).toEqual([value]);
    expect(JSON.stringify(values[0])).toBe(JSON.stringify(value));
  });

  it('gives back a line of 20 MB among small ones', async () => {
    await using place = await emptyPlace();
    const values = [{ id: 'a' }, { id: 'b', response: 'long answer '.repeat(1_750_000) }, { id: 'c' }];
    await writeFile(place.at('lines'), values.map(sealedLine).join(''));

    const read = await readAll(place.at('lines'));

    expect(read.values.map((value) => JSON.stringify(value).length)).toEqual(
      values.map((value) => JSON.stringify(value).length),
    );
    expect(read.offsets[2]).toBeGreaterThan(20_000_000);
  });

  it('is nothing where there is no file, or an empty one', async () => {
    await using place = await emptyPlace();
    await writeFile(place.at('empty'), '');

    expect(await readAll(place.at('missing'))).toEqual({ values: [], offsets: [], cutBytes: 0 });
    expect(await readAll(place.at('empty'))).toEqual({ values: [], offsets: [], cutBytes: 0 });
  });

  it('leaves out a last line that is cut at any byte, tells how much, and does not touch the file', async () => {
    await using place = await emptyPlace();
    const path = place.at('lines');
    const whole = [{ id: 'a' }, { id: 'b', input: 'Überraschung 🎉' }].map(sealedLine).join('');
    const last = sealedLine({ id: 'c', response: 'schön\n"quoted"' });

    for (let length = 0; length < last.length; length += 1) {
      const bytes = Buffer.concat([Buffer.from(whole), last.subarray(0, length)]);
      await writeFile(path, bytes);

      const read = await readAll(path);

      expect(read.values).toMatchObject([{ id: 'a' }, { id: 'b' }]);
      expect(read.cutBytes).toBe(length);
      expect(await readFile(path)).toEqual(bytes);
    }
  });

  it('leaves out a tail of zeros, as a power cut can leave it', async () => {
    await using place = await emptyPlace();
    await writeFile(place.at('lines'), Buffer.concat([sealedLine({ id: 'a' }), Buffer.alloc(4096)]));

    expect(await readAll(place.at('lines'))).toMatchObject({ values: [{ id: 'a' }], cutBytes: 4096 });
  });

  it('is refused with the line number, whichever byte of a line in the middle was changed', async () => {
    await using place = await emptyPlace();
    const path = place.at('lines');
    const lines = ['a', 'b', 'c'].map((id) => sealedLine({ id, response: 'ünï' }));
    const second = lines[1] ?? Buffer.alloc(0);

    for (let at = 0; at < second.length; at += 1) {
      for (const flip of [0x01, 0x80, 0xff]) {
        const changed = Buffer.from(second);
        changed[at] = (changed[at] ?? 0) ^ flip;
        await writeFile(path, Buffer.concat([lines[0] ?? changed, changed, lines[2] ?? changed]));

        const reading = readAll(path);

        await expect(reading).rejects.toThrow(JournalError);
        await expect(reading).rejects.toThrow(`${path}:2: this line was changed after it was written`);
      }
    }
  });

  it('is refused where the last line has its end and was changed: it may be one that others rely on', async () => {
    await using place = await emptyPlace();
    const path = place.at('lines');
    const first = sealedLine({ id: 'a' });
    const last = sealedLine({ id: 'b' });

    for (let at = 0; at < last.length - 1; at += 1) {
      const changed = Buffer.from(last);
      changed[at] = (changed[at] ?? 0) ^ 0x01;
      await writeFile(path, Buffer.concat([first, changed]));

      await expect(readAll(path)).rejects.toThrow(`${path}:2: `);
    }
  });

  it.each([
    ['has the line ends of another system', (text: string) => text.replaceAll('\n', '\r\n'), 1],
    ['has an empty line', (text: string) => text.replace('\n', '\n\n'), 2],
    ['has a byte order mark', (text: string) => `\ufeff${text}`, 1],
    ['is of another program', () => '{"id":"a"}\n', 1],
  ])('is refused where it %s', async (_, edit, line) => {
    await using place = await emptyPlace();
    await writeFile(place.at('lines'), edit(textOf({ id: 'a' }) + textOf({ id: 'b' })));

    await expect(readAll(place.at('lines'))).rejects.toThrow(`:${line}: this line was changed`);
  });

  it('is refused where it cannot be read', async () => {
    await using place = await emptyPlace();

    await expect(readAll(place.path)).rejects.toThrow(/cannot be read \(EISDIR/);
  });
});
