import { writeFile } from 'node:fs/promises';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JournalError } from '../../src/errors.ts';
import { openJournalReader } from '../../src/sinks/journal-reader.ts';
import { sealedLine } from '../../src/sinks/lines.ts';
import { madeRecord } from '../reports/made-records.ts';
import { emptyPlace } from './place.ts';

/** A journal whose lines have these lengths, about; and where each begins. */
async function journalOf(path: string, lengths: readonly number[]) {
  const lines = lengths.map((length, at) =>
    sealedLine(madeRecord({ id: `r${at}`, response: 'ü'.repeat(length) })),
  );
  await writeFile(path, Buffer.concat(lines));
  let offset = 0;
  return lines.map((line) => {
    offset += line.length;
    return offset - line.length;
  });
}

describe('the reader of single records', () => {
  it('finds each, in whatever order and however long', async () => {
    await using place = await emptyPlace();
    const path = place.at('results.jsonl');
    const lengths = fc.array(fc.oneof(fc.nat({ max: 400 }), fc.integer({ min: 100_000, max: 300_000 })), {
      minLength: 1,
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(lengths, fc.infiniteStream(fc.nat()), async (given, picks) => {
        const offsets = await journalOf(path, given);
        await using journal = openJournalReader(path);

        for (let n = 0; n < 60; n += 1) {
          const at = (picks.next().value ?? 0) % given.length;

          const record = await journal.at(offsets[at] ?? 0);

          expect([record.id, record.response?.length]).toEqual([`r${at}`, given[at]]);
        }
      }),
      { numRuns: 6 },
    );
  });

  it('reads a record longer than all it keeps at hand', async () => {
    await using place = await emptyPlace();
    const [first = 0, second = 0, third = 0] = await journalOf(
      place.at('results.jsonl'),
      [10, 10_000_000, 20],
    );
    await using journal = openJournalReader(place.at('results.jsonl'));

    const records = [await journal.at(third), await journal.at(second), await journal.at(first)];

    expect(records.map(({ response }) => response?.length)).toEqual([20, 10_000_000, 10]);
  });

  it('has at hand what lies whole in what it read, and nothing else', async () => {
    await using place = await emptyPlace();
    const path = place.at('results.jsonl');
    const offsets = await journalOf(path, [10, 20, 200_000, 30]);
    await using journal = openJournalReader(path);
    const lengthsAtHand = () => offsets.map((offset) => journal.atHand(offset)?.response?.length);
    const before = lengthsAtHand();

    await journal.at(0);

    expect(before).toEqual([undefined, undefined, undefined, undefined]);
    expect(lengthsAtHand()).toEqual([10, 20, undefined, undefined]);
    expect(() => journal.atHand(3)).toThrow(JournalError);
  });

  it.each([
    ['none begins', 3],
    ['the file has ended', 1_000_000],
  ])('refuses a place where %s', async (_, offset) => {
    await using place = await emptyPlace();
    await journalOf(place.at('results.jsonl'), [10, 10]);
    await using journal = openJournalReader(place.at('results.jsonl'));

    await expect(journal.at(offset)).rejects.toThrow(JournalError);
    await expect(journal.at(offset)).rejects.toThrow(`results.jsonl: the line at byte ${offset} was changed`);
  });

  it('needs no file until it is asked', async () => {
    await using journal = openJournalReader('nowhere/results.jsonl');

    await expect(journal.at(0)).rejects.toThrow(/nowhere\/results.jsonl: cannot be read \(ENOENT/);
  });
});
