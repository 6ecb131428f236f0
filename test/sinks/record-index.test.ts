import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Scratch } from '../../src/scratch.ts';
import { RecordIndex } from '../../src/sinks/record-index.ts';
import { Segments, segmentBytes } from '../../src/sinks/segments.ts';
import { outcomeNames } from '../../src/types.ts';
import { emptyPlace } from './place.ts';

/** An example of 2,500, a trial and a turn of 4, and an outcome, out of one number. */
const decoded = (n: number) => ({
  key: { index: n % 2_500, trial: 1 + (Math.floor(n / 2_500) % 4), turn: 1 + (Math.floor(n / 10_000) % 4) },
  outcome: outcomeNames[Math.floor(n / 40_000) % 4] ?? 'success',
});
const anyAdded = fc
  .uint32Array({ maxLength: 2_000, size: 'max' })
  .map((numbers) => Array.from(numbers, decoded));

describe('the index of records', () => {
  it.each([
    ['all in memory', null],
    ['most of it on disk', segmentBytes],
  ])('knows what a map of the newest records knows: %s', async (_, bytes) => {
    await using place = await emptyPlace();
    fc.assert(
      fc.property(anyAdded, anyAdded, (added, others) => {
        using scratch = new Scratch(place.at('scratch'));
        const index = new RecordIndex(bytes === null ? undefined : new Segments(scratch, bytes));
        const newest = new Map<number, Map<string, { outcome: string; offset: number }>>();

        for (const [at, { key, outcome }] of added.entries()) {
          index.add(key, outcome, at * 1_000);
          const ofExample = newest.get(key.index) ?? new Map();
          newest.set(key.index, ofExample.set(`${key.trial} ${key.turn}`, { outcome, offset: at * 1_000 }));
        }

        const keys = [...added, ...others].map(({ key }) => key);
        expect(keys.map((key) => index.outcomeOf(key))).toEqual(
          keys.map((key) => newest.get(key.index)?.get(`${key.trial} ${key.turn}`)?.outcome ?? null),
        );
        for (const of of new Set(keys.map((key) => key.index))) {
          const expected = [...(newest.get(of) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
          expect(index.offsetsOf(of)).toEqual(expected.map(([, { offset }]) => offset));
        }
        expect(index.size).toBe(added.length);
      }),
      { numRuns: 10 },
    );
  });

  it('gives trials and turns in order of their numbers', () => {
    const index = new RecordIndex();
    const places = [
      [2, 1],
      [10, 2],
      [1, 10],
      [1, 2],
      [10, 1],
    ] as const;

    for (const [trial, turn] of places) index.add({ index: 0, trial, turn }, 'success', trial * 100 + turn);

    expect(index.offsetsOf(0)).toEqual([102, 110, 201, 1001, 1002]);
  });

  it.each([
    ['an offset beyond 4 GB', { index: 7, trial: 1, turn: 1 }, 2 ** 40 + 1],
    ['a place far behind all others', { index: 20_000_000, trial: 1, turn: 1 }, 5],
    ['the ten-thousandth trial', { index: 0, trial: 10_000, turn: 1 }, 6],
    ['a conversation of a million turns', { index: 0, trial: 10_000, turn: 1_000_000 }, 7],
  ])('knows %s', (_, key, offset) => {
    const index = new RecordIndex();

    index.add(key, 'interrupted', offset);

    expect(index.outcomeOf(key)).toBe('interrupted');
    expect(index.offsetsOf(key.index)).toEqual([offset]);
    expect(index.outcomeOf({ ...key, trial: key.trial + 1 })).toBeNull();
    expect(index.outcomeOf({ ...key, turn: key.turn + 1 })).toBeNull();
  });

  it('knows nothing of what was never added', () => {
    expect(new RecordIndex().outcomeOf({ index: 0, trial: 1, turn: 1 })).toBeNull();
    expect(new RecordIndex().offsetsOf(1_000_000)).toEqual([]);
  });
});
