import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ReadOptions } from '../../src/contracts.ts';
import { checkDataset } from '../../src/readers/check.ts';
import { formatOf, openDataset } from '../../src/readers/index.ts';
import { inPieces } from './reading.ts';

describe('formatOf', () => {
  it.each([
    ['qa.csv', undefined, 'csv', false],
    ['a/b.c/QA.TSV', undefined, 'tsv', false],
    ['qa.jsonl', undefined, 'jsonl', false],
    ['qa.ndjson', undefined, 'jsonl', false],
    ['qa.json', undefined, 'json', false],
    ['qa.json.gz', undefined, 'json', true],
    ['qa.csv.GZ', undefined, 'csv', true],
    ['-', 'csv', 'csv', false],
    ['-', 'jsonl.gz', 'jsonl', true],
    ['qa.txt', 'TSV', 'tsv', false],
    ['qa.gz', 'csv', 'csv', true],
    ['qa.csv', 'ndjson', 'jsonl', false],
  ])('of %s and --format %s is %s, gzipped: %s', (fileName, explicit, name, isGzipped) => {
    expect(formatOf(fileName, explicit)).toEqual({ name, isGzipped });
  });

  it.each([
    [
      'qa.xlsx',
      undefined,
      'dataset: expected a file that ends in csv, tsv, jsonl, json or ndjson, each also .gz, got "qa.xlsx": say what it holds with --format',
    ],
    ['qa', undefined, 'got "qa"'],
    ['a.csv/qa', undefined, 'got "a.csv/qa"'],
    ['qa.gz', undefined, 'got "qa.gz"'],
    ['-', undefined, 'got stdin: say what it holds with --format'],
    ['qa.csv', 'xml', '--format: expected csv, tsv, jsonl, json or ndjson, each also .gz, got "xml"'],
    ['qa.csv', '', '--format: expected'],
  ])('of %s and --format %s is refused', (fileName, explicit, fault) => {
    expect(() => formatOf(fileName, explicit)).toThrow(fault);
  });
});

describe('options that are wrong', () => {
  const read = async (source: Readable, name: string, wrong: Partial<ReadOptions>) => {
    for await (const _ of openDataset(source, formatOf(name), { name, ...wrong }));
  };
  const check = (source: Readable, name: string, wrong: Partial<ReadOptions>) =>
    checkDataset(source, formatOf(name), { name, ...wrong });

  it.each([
    ['the template', { template: '{{' }, '--template: expected'],
    ['the encoding', { encoding: 'utf-9' }, '--encoding: expected'],
  ])('leave no file open: %s', async (_what, wrong, fault) => {
    for (const name of ['support.csv', 'questions.jsonl.gz']) {
      for (const use of [read, check]) {
        const source = createReadStream(new URL(`../../datasets/${name}`, import.meta.url));
        const closed = new Promise<void>((resolve) => source.once('close', resolve));

        await expect(use(source, name, wrong)).rejects.toThrow(fault);
        await closed;

        expect(source.closed).toBe(true);
      }
    }
  });
});

describe('a gzipped dataset', () => {
  const gzipped = gzipSync(`prompt\n${Array.from({ length: 5_000 }, (_, n) => `question ${n}\n`).join('')}`);

  async function inputsOf(bytes: Buffer | readonly Buffer[]): Promise<unknown[]> {
    const pieces = Buffer.isBuffer(bytes) ? [bytes] : bytes;
    const inputs: unknown[] = [];
    for await (const row of openDataset(Readable.from(pieces), formatOf('qa.csv.gz'), {
      name: 'qa.csv.gz',
    })) {
      inputs.push('input' in row ? row.input : null);
    }
    return inputs;
  }

  it('is read like any other', async () => {
    const inputs = await inputsOf(inPieces(gzipped, [100]));

    expect(inputs).toHaveLength(5_000);
    expect(inputs.at(-1)).toBe('question 4999');
  });

  it('of several parts is read to its end', async () => {
    expect(await inputsOf(Buffer.concat([gzipSync('prompt\na\n'), gzipSync('b\n')]))).toEqual(['a', 'b']);
  });

  it('that is cut off is refused', async () => {
    await expect(inputsOf(gzipped.subarray(0, -20))).rejects.toThrow(
      'qa.csv.gz: the gzip data ends too early: the file is cut off, copy it again',
    );
  });

  it('that is damaged is refused', async () => {
    const damaged = Buffer.from(gzipped);
    damaged.fill(0, 2_000, 2_100);

    await expect(inputsOf(damaged)).rejects.toThrow('qa.csv.gz: expected gzip data, as the name ends in .gz');
  });

  it('that is not gzip is refused', async () => {
    await expect(inputsOf(Buffer.from('prompt\na\n'))).rejects.toThrow('qa.csv.gz: expected gzip data');
  });

  it('with text behind its end is refused', async () => {
    await expect(inputsOf(Buffer.concat([gzipped, Buffer.from('more')]))).rejects.toThrow(
      'expected gzip data',
    );
  });

  it('that is empty is refused', async () => {
    await expect(inputsOf(Buffer.alloc(0))).rejects.toThrow('qa.csv.gz: the gzip data ends too early');
  });

  it('closes its source when left early', async () => {
    const source = Readable.from(inPieces(gzipped, [50]));
    const closed = new Promise<void>((resolve) => source.once('close', resolve));

    for await (const _ of openDataset(source, formatOf('qa.csv.gz'), { name: 'qa.csv.gz' })) break;
    await closed;

    expect(source.destroyed).toBe(true);
  });

  it('hands a failure of its source on', async () => {
    const source = createReadStream(new URL('./no-such-file.csv.gz', import.meta.url));

    await expect(
      openDataset(source, formatOf('qa.csv.gz'), { name: 'qa' })[Symbol.asyncIterator]().next(),
    ).rejects.toThrow(/^qa: cannot be read to its end: ENOENT/);
  });
});
