import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScatteredKeys } from '../../src/readers/scattered-keys.ts';
import { Scratch } from '../../src/scratch.ts';
import { emptyPlace } from '../sinks/place.ts';

/** Spread over all parts, as a hash's bits are. */
const highOf = (number: number) => Math.imul(number, 0x9e3779b1) >>> 0;

describe('scattered keys', () => {
  it('tell the first that came twice, as a plain map does', async () => {
    await using place = await emptyPlace();
    const anyKeys = fc.array(fc.nat({ max: 3_000 }), { maxLength: 200, size: 'max' });
    fc.assert(
      fc.property(anyKeys, (numbers) => {
        using scratch = new Scratch(place.at('scratch'));
        const keys = new ScatteredKeys(scratch);
        const met = new Map<number, number>();
        let expected: unknown = null;

        for (const [note, number] of numbers.entries()) {
          keys.add(highOf(number), number, note);
          const first = met.get(number);
          if (first === undefined) met.set(number, note);
          else expected ??= { first, second: note };
        }

        expect(keys.firstTwice()).toEqual(expected);
        expect(keys.size).toBe(numbers.length);
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ['both on disk', 1, 2],
    ['one of them in memory still', 1, 199_999],
    ['both in memory', 199_998, 199_999],
  ])('are found again among 200,000: %s', async (_, first, second) => {
    await using place = await emptyPlace();
    using scratch = new Scratch(place.at('scratch'));
    const keys = new ScatteredKeys(scratch);

    for (let note = 0; note < 200_000; note += 1) {
      const number = note === second ? first : note;
      keys.add(highOf(number), number, note);
    }

    expect(keys.firstTwice()).toEqual({ first, second });
  });

  it('are the same only where both halves are', async () => {
    await using place = await emptyPlace();
    using scratch = new Scratch(place.at('scratch'));
    const keys = new ScatteredKeys(scratch);

    keys.add(1, 2, 0);
    keys.add(1, 3, 1);
    keys.add(2, 2, 2);

    expect(keys.firstTwice()).toBeNull();
  });
});
