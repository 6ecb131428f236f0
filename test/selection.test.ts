import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../src/errors.ts';
import { Chooser, type SelectionOptions } from '../src/selection.ts';
import type { BadRow, Example } from '../src/types.ts';
import { madeBadRow, madeExample } from './made-examples.ts';

type Row = Example | BadRow;

const all: SelectionOptions = { limit: null, offset: 0, sample: null, seed: 0, ids: null };

function choose(rows: readonly Row[], options: Partial<SelectionOptions>) {
  const chooser = new Chooser({ ...all, ...options });
  for (const row of rows) chooser.offer(row);
  return chooser.choose();
}

const chosenIn = (rows: readonly Row[], options: Partial<SelectionOptions>) => {
  const chosen = choose(rows, options);
  return rows.filter((row) => chosen.has(row)).map(({ id }) => id);
};

const singles = (count: number) => Array.from({ length: count }, (_, index) => madeExample({ index }));

const threadOf = (row: Row) => ('problem' in row ? undefined : row.thread);

/** Rows, and those of the same conversations. */
function whole(picked: readonly Row[], rows: readonly Row[]): Row[] {
  const threads = new Set(picked.map(threadOf).filter((thread) => thread !== undefined));
  return rows.filter((row) => picked.includes(row) || threads.has(threadOf(row) ?? ''));
}

const anyRows = fc
  .array(
    fc.oneof(
      fc.record({ thread: fc.constantFrom('a', 'b', 'c', undefined) }),
      fc.record({ turns: fc.array(fc.constant('t'), { minLength: 1, maxLength: 3 }) }),
      fc.constant('bad' as const),
    ),
    { maxLength: 15 },
  )
  .map((given): Row[] =>
    given.map((fields, index) => (fields === 'bad' ? madeBadRow(index) : madeExample({ index, ...fields }))),
  );

describe('a selection', () => {
  it('takes what a naive one takes, conversations whole, and counts it right', () => {
    const anyOptions = fc.record({
      limit: fc.option(fc.integer({ min: 1, max: 10 })),
      offset: fc.nat({ max: 6 }),
      isByIds: fc.boolean(),
      picks: fc.array(fc.nat(), { maxLength: 4 }),
    });
    fc.assert(
      fc.property(anyRows, anyOptions, (rows, { limit, offset, isByIds, picks }) => {
        const ids = isByIds ? picks.flatMap((pick) => rows[pick % Math.max(1, rows.length)]?.id ?? []) : null;
        const picked = rows
          .slice(offset, limit === null ? undefined : offset + limit)
          .filter(({ id }) => ids === null || ids.includes(id));
        const expected = whole(picked, rows);
        const good = expected.filter((row): row is Example => !('problem' in row));

        const chosen = choose(rows, { limit, offset, ids });

        expect(rows.filter((row) => chosen.has(row))).toEqual(expected);
        expect(chosen.examples).toBe(good.length);
        expect(chosen.badRows).toBe(expected.length - good.length);
        expect(chosen.turns).toBe(good.reduce((sum, { turns }) => sum + (turns?.length ?? 1), 0));
        for (const thread of ['a', 'b', 'c'])
          expect(chosen.threadSize(thread)).toBe(rows.filter((row) => threadOf(row) === thread).length);
      }),
    );
  });

  it('is everything where nothing is said', () => {
    const rows = [...singles(3), madeBadRow(3)];

    expect(chosenIn(rows, {})).toEqual(['e0', 'e1', 'e2', 'line-5']);
  });

  it('takes a whole conversation where the limit goes through it', () => {
    const rows = ['k', 'm', 'k', 'm', 'k'].map((thread, index) => madeExample({ index, thread }));

    expect(chosenIn(rows, { limit: 1 })).toEqual(['e0', 'e2', 'e4']);
    expect(chosenIn(rows, { offset: 4 })).toEqual(['e0', 'e2', 'e4']);
    expect(chosenIn(rows, { ids: ['e3'] })).toEqual(['e1', 'e3']);
  });

  it('names the ids that are not there, some of them', () => {
    expect(() => choose(singles(2), { ids: ['e1', 'é"0'] })).toThrow(ConfigError);
    expect(() => choose(singles(2), { ids: ['e1', 'é"0'] })).toThrow(
      '--ids: the dataset has no example "é\\"0"',
    );
    expect(() => choose([], { ids: ['1', '2', '3', '4', '5', '6', '7'] })).toThrow(
      '--ids: the dataset has no example "1", "2", "3", "4", "5" and 2 more',
    );
  });

  it('does not call an id missing that is there and was left out', () => {
    expect(chosenIn(singles(5), { limit: 2, ids: ['e1', 'e4'] })).toEqual(['e1']);
  });

  it('takes an id once, however often it is said', () => {
    expect(choose(singles(3), { ids: ['e1', 'e1'] }).examples).toBe(1);
  });
});

describe('a sample', () => {
  it('has as many rows as asked for, where there are, and conversations whole', () => {
    fc.assert(
      fc.property(anyRows, fc.integer({ min: 1, max: 20 }), fc.nat(), (rows, sample, seed) => {
        const chosen = choose(rows, { sample, seed });

        const taken = rows.filter((row) => chosen.has(row));
        expect(whole(taken, rows)).toEqual(taken);
        expect(taken.length).toBeGreaterThanOrEqual(Math.min(sample, rows.length));
        if (rows.every((row) => threadOf(row) === undefined)) {
          expect(taken.length).toBe(Math.min(sample, rows.length));
        }
        expect(chosen.examples + chosen.badRows).toBe(taken.length);
      }),
    );
  });

  it('is the same for the same seed, and another for another', () => {
    const rows = singles(1_000);
    const sampleOf = (seed: number) => chosenIn(rows, { sample: 20, seed }).join();

    expect(sampleOf(7)).toBe(sampleOf(7));
    expect(new Set([0, 1, 2, 3, 4, 5].map(sampleOf)).size).toBe(6);
  });

  it('is the same everywhere and in every version', () => {
    expect(chosenIn(singles(100), { sample: 5, seed: 42 })).toEqual(['e19', 'e34', 'e42', 'e55', 'e66']);
  });

  it('takes each row as often as any other', () => {
    const rows = singles(20);
    const taken = new Map<string, number>();
    for (let seed = 0; seed < 4_000; seed += 1) {
      for (const id of chosenIn(rows, { sample: 5, seed })) taken.set(id, (taken.get(id) ?? 0) + 1);
    }

    // 1,000 each; the seeds are fixed, so this is one and the same draw: within five standard deviations.
    for (const { id } of rows) expect(Math.abs((taken.get(id) ?? 0) - 1_000)).toBeLessThan(140);
  });

  it('is drawn from the ids that are named', () => {
    const ids = ['e1', 'e3', 'e5', 'e7'];

    const taken = chosenIn(singles(10), { sample: 2, seed: 1, ids });

    expect(taken).toHaveLength(2);
    expect(taken.every((id) => ids.includes(id))).toBe(true);
  });
});
