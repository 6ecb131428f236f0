import { readdir } from 'node:fs/promises';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SinkError } from '../../src/errors.ts';
import { Scratch } from '../../src/scratch.ts';
import { Segments, segmentBytes } from '../../src/sinks/segments.ts';
import { createZeros } from '../../src/sinks/zeros.ts';
import { emptyPlace } from './place.ts';

const kinds = [Float64Array, Int32Array, Uint8Array] as const;
/** Over some forty segments of the widest kind, many of them on the bounds between two. */
const anyPlace = fc.oneof(
  fc.nat({ max: 80_000 }),
  fc
    .record({ segment: fc.nat({ max: 39 }), beside: fc.integer({ min: 0, max: 1 }) })
    .map(({ segment, beside }) => segment * 2_048 + 2_047 + beside),
);
const anySteps = fc.array(
  fc.record({ array: fc.nat({ max: 2 }), at: anyPlace, value: fc.nat({ max: 255 }), isRead: fc.boolean() }),
  { maxLength: 400, size: 'max' },
);

describe('numbers of which not all are in memory', () => {
  it('are what plain arrays hold, however few segments there is room for', async () => {
    await using place = await emptyPlace();
    fc.assert(
      fc.property(anySteps, fc.integer({ min: 1, max: 9 }), (steps, most) => {
        using scratch = new Scratch(place.at('scratch'));
        const memory = new Segments(scratch, most * segmentBytes);
        const arrays = kinds.map((kind) => createZeros(kind, memory));
        const plain = kinds.map(() => new Map<number, number>());

        const told = steps.map(({ array, at, value, isRead }) => {
          if (!isRead) arrays[array]?.set(at, value);
          if (!isRead) plain[array]?.set(at, value);
          return [arrays[array]?.get(at), plain[array]?.get(at) ?? 0];
        });
        const all = steps.flatMap(({ at }) =>
          arrays.map((array, kind) => [array.get(at), plain[kind]?.get(at) ?? 0]),
        );

        for (const [got, expected] of [...told, ...all]) expect(got).toBe(expected);
      }),
      { numRuns: 50 },
    );
  });

  it('hold no more memory than they may, and make no file below that', async () => {
    await using place = await emptyPlace();
    using scratch = new Scratch(place.at('no/such/directory'));
    const memory = new Segments(scratch, 3 * segmentBytes);
    const numbers = createZeros(Int32Array, memory);
    const perSegment = segmentBytes / 4;

    for (let at = 0; at < 3 * perSegment; at += 1) numbers.set(at, at);
    numbers.set(99 * perSegment, 0);

    expect(numbers.get(3 * perSegment - 1)).toBe(3 * perSegment - 1);
    expect(await readdir(place.path)).toEqual([]);
    expect(() => numbers.set(3 * perSegment, 1)).toThrow(SinkError);
  });

  it('are still there where one more could not be put away', async () => {
    await using place = await emptyPlace();
    using scratch = new Scratch(place.at('no/such/directory'));
    const numbers = createZeros(Uint8Array, new Segments(scratch, segmentBytes));
    numbers.set(5, 7);

    expect(() => numbers.set(segmentBytes, 1)).toThrow('cannot be written (ENOENT');

    expect(numbers.get(5)).toBe(7);
    expect(numbers.get(segmentBytes)).toBe(0);
  });
});
