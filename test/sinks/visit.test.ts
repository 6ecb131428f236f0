import { execFileSync } from 'node:child_process';
import { mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Ownership } from '../../src/contracts.ts';
import { LockedError } from '../../src/errors.ts';
import { DigestWriter } from '../../src/sinks/digest-writer.ts';
import { openJournal } from '../../src/sinks/jsonl.ts';
import { RecordIndex } from '../../src/sinks/record-index.ts';
import type { JobRecord } from '../../src/types.ts';
import { madeFailure, madeRecord } from '../reports/made-records.ts';
import { appendRecords, type Files, readByDigest, readPlainly } from './digested.ts';
import { emptyPlace, type Place } from './place.ts';

const filesIn = (place: Place): Files => ({
  journal: place.at('results.jsonl'),
  digest: place.at('results.digest'),
});

const plain = (index: number, fields: Partial<JobRecord> = {}) =>
  madeRecord({ id: `r${index}`, index, usage: usageOf(5, 7), ...fields });

const usageOf = (input_tokens: number, output_tokens: number) => ({
  input_tokens,
  output_tokens,
  total_tokens: input_tokens + output_tokens,
});

const anyTime = fc.oneof(
  fc.constant(null),
  fc.nat({ max: 10_000_000 }).map((hundredths) => hundredths / 100),
  fc.double({ min: 0, max: 1e9, noNaN: true }).map((ms) => ms + 0),
);
const anyTokens = fc.oneof(
  { weight: 5, arbitrary: fc.nat({ max: 100_000 }) },
  fc.constantFrom(2 ** 32 - 2, 2 ** 32 - 1, 2 ** 32, 0.5),
);

const anyRecord: fc.Arbitrary<JobRecord> = fc
  .record({
    id: fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }),
    index: fc.nat({ max: 11 }),
    trial: fc.integer({ min: 1, max: 3 }),
    turn: fc.option(fc.integer({ min: 1, max: 3 })),
    revision: fc.constantFrom(1, 1, 1, 1, 2),
    outcome: fc.constantFrom('success', 'success', 'success', 'error', 'interrupted', 'skipped'),
    response: fc.option(fc.string({ unit: 'binary', maxLength: 20 })),
    latency_ms: anyTime,
    ttft_ms: anyTime,
    wait_ms: anyTime,
    usage: fc.option(
      fc.record({ input_tokens: anyTokens, output_tokens: anyTokens, total_tokens: anyTokens }),
    ),
    isUncertain: fc.boolean(),
  })
  .map(({ isUncertain: uncertain, ...fields }) =>
    madeRecord({
      ...fields,
      failure: fields.outcome === 'success' ? null : madeFailure({ uncertain, may_have_run: uncertain }),
    }),
  );

const anyStarts = fc.array(fc.array(anyRecord, { minLength: 1, maxLength: 6 }), {
  minLength: 1,
  maxLength: 4,
});

interface Harm {
  readonly file: 'journal' | 'digest';
  readonly kind: 'cut' | 'changed' | 'gone' | 'doubled' | 'none';
  readonly at: number;
  readonly bits: number;
}

/** Where a file is cut, or which of its bytes becomes another one. */
const anyHarm: fc.Arbitrary<Harm> = fc.record({
  file: fc.constantFrom('journal', 'digest'),
  kind: fc.constantFrom('cut', 'changed', 'gone', 'doubled', 'none'),
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  bits: fc.integer({ min: 1, max: 255 }),
});

async function harm(files: Files, { file, kind, at, bits }: Harm): Promise<void> {
  const path = files[file];
  const bytes = await readFile(path).catch(() => Buffer.alloc(0));
  const place = Math.floor(at * bytes.length);
  if (kind === 'gone') await rm(path, { force: true });
  if (kind === 'cut') await writeFile(path, bytes.subarray(0, place));
  if (kind === 'doubled') await writeFile(path, Buffer.concat([bytes, bytes.subarray(place)]));
  if (kind === 'changed' && bytes.length > 0) {
    bytes[place] = (bytes[place] ?? 0) ^ bits;
    await writeFile(path, bytes);
  }
}

describe('a journal read with its digest', () => {
  it('tells what the journal alone tells, whatever became of either file', async () => {
    await fc.assert(
      fc.asyncProperty(anyStarts, fc.array(anyHarm, { maxLength: 3 }), async (starts, harms) => {
        await using place = await emptyPlace();
        const files = filesIn(place);
        for (const records of starts) await appendRecords(files, records);
        for (const each of harms) await harm(files, each);

        const expected = await readPlainly(files);
        const before = await readByDigest(files);
        const mending = await readByDigest(files, new DigestWriter(files.digest));
        const after = await readByDigest(files);

        expect(before.facts).toEqual(expected);
        expect(mending.facts).toEqual(expected);
        expect(after.facts).toEqual(expected);
        expect(await readPlainly(files)).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  it('goes on with a digest that was harmed, so that none of what came later is parsed either', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyHarm, { maxLength: 2 }), async (harms) => {
        await using place = await emptyPlace();
        const files = filesIn(place);
        const ten = Array.from({ length: 10 }, (_, at) => plain(at));
        await appendRecords(files, ten);
        for (const each of harms) await harm(files, { ...each, file: 'digest' });
        await appendRecords(files, ten);

        const read = await readByDigest(files);

        expect(read.facts).toEqual(await readPlainly(files));
        expect(read.parsed).toBe(3); // the samples
      }),
      { numRuns: 50 },
    );
  });

  it('parses what is no plain success, and nothing else', async () => {
    await using place = await emptyPlace();
    const files = filesIn(place);
    const others: Partial<JobRecord>[] = [
      { outcome: 'error', failure: madeFailure() },
      { outcome: 'interrupted' },
      { outcome: 'skipped', failure: madeFailure() },
      { revision: 2 },
      { latency_ms: 0.123 },
      { wait_ms: 2 ** 32 },
      { usage: usageOf(0.5, 1) },
      { usage: usageOf(2 ** 32, 0) },
    ];
    const plains: Partial<JobRecord>[] = [
      {},
      { usage: null },
      { latency_ms: null, wait_ms: null, ttft_ms: 17.03 },
      { trial: 3, turn: 2 },
      { response: 'long '.repeat(300_000) },
    ];
    const samples = [plain(0), plain(1), plain(2)];
    await appendRecords(files, [...samples, ...[...others, ...plains].map((fields) => plain(3, fields))]);

    const read = await readByDigest(files);

    expect(read.facts).toEqual(await readPlainly(files));
    expect(read.parsed).toBe(samples.length + others.length);
  });

  it('is as good where a start was killed: a few records at most are parsed again', async () => {
    await using place = await emptyPlace();
    const files = filesIn(place);
    const writer = new DigestWriter(files.digest);
    const sink = await openJournal(files.journal, new RecordIndex(), { digest: writer });
    const records = Array.from({ length: 9_000 }, (_, at) => plain(at % 12, { response: 'x'.repeat(600) }));
    await Promise.all(records.map((record) => sink.write(record)));

    // Not closed: as if it was killed. What was handed to the system is there all the same.
    await expect.poll(async () => (await stat(files.digest)).size).toBeGreaterThan(44 * 7_000);
    const read = await readByDigest(files);
    await sink.close();
    const closed = await readByDigest(files);

    expect(read.facts).toEqual(await readPlainly(files));
    expect(read.parsed).toBeLessThan(1_500);
    expect(closed.parsed).toBe(3);
  });

  it("believes no other journal's digest, and none of another kind", async () => {
    await using place = await emptyPlace();
    const [files, others] = [filesIn(place), { journal: place.at('b.jsonl'), digest: place.at('b.digest') }];
    await appendRecords(files, [plain(1), plain(2), plain(3), plain(4)]);
    await appendRecords(others, [plain(1), plain(2), plain(3), plain(5)]);
    const expected = await readPlainly(files);
    const digests: Record<string, () => Promise<unknown>> = {
      another: async () => writeFile(files.digest, await readFile(others.digest)),
      swapped: async () => writeFile(files.digest, (await readFile(others.digest)).swap32()),
      text: () => writeFile(files.digest, 'id,prompt\n'.repeat(1_000)),
      nothing: () => writeFile(files.digest, ''),
      zeros: () => writeFile(files.digest, Buffer.alloc(100_000)),
      'a directory': () => mkdir(files.digest),
      'a link': () => symlink(others.digest, files.digest),
      'a pipe': async () => execFileSync('mkfifo', [files.digest]),
    };

    for (const [name, make] of Object.entries(digests)) {
      await rm(files.digest, { recursive: true, force: true });
      await make();
      const read = await readByDigest(files, new DigestWriter(files.digest));

      expect(read.facts, name).toEqual(expected);
      expect(read.parsed, name).toBe(4);
      expect((await readByDigest(files)).parsed, name).toBe(name === 'a directory' ? 4 : 3);
      expect((await readByDigest(others)).parsed, name).toBe(3);
    }
  });

  it('is read where there is none yet, and where there is no journal', async () => {
    await using place = await emptyPlace();
    const files = filesIn(place);

    const nothing = await readByDigest(files);

    expect(nothing).toEqual({ facts: await readPlainly(files), parsed: 0 });
  });
});

describe('a digest being written', () => {
  it('is left alone by whoever lost the batch, and by whom it cannot be written for', async () => {
    await using place = await emptyPlace();
    const files = filesIn(place);
    const lost: Ownership = {
      isSure: false,
      lost: new AbortController().signal,
      prove: () => Promise.reject(new LockedError('another has it')),
    };
    await appendRecords(files, [plain(1)]);
    const before = await readFile(files.digest);
    await rm(files.digest);

    await readByDigest(files, new DigestWriter(files.digest, lost));
    await expect(readFile(files.digest)).rejects.toThrow('ENOENT');
    await readByDigest(files, new DigestWriter(place.at('nowhere/results.digest')));
    await readByDigest(files, new DigestWriter(files.digest));

    expect(await readFile(files.digest)).toEqual(before);
  });

  it('ends at a record that does not follow the one before in the journal', async () => {
    await using place = await emptyPlace();
    const files = filesIn(place);
    const writer = new DigestWriter(files.digest);
    await appendRecords(files, [plain(1), plain(2)]);
    await rm(files.digest);

    writer.add(plain(2), 'a line\n', 10);
    writer.add(plain(1), 'a line\n', 0);
    await writer.settle();

    await expect(readFile(files.digest)).rejects.toThrow('ENOENT');
  });
});
