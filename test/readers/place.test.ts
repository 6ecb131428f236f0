import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { Place } from '../../src/readers/place.ts';

const text = fc.string({ unit: fc.constantFrom('a', 'é', '\n', '\r', '\r\n', '\uFEFF'), maxLength: 12 });

it('a place moves by lines and columns as an editor does, in whatever pieces the text comes', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 6 }), (pieces) => {
      const place = new Place();

      for (const piece of pieces) place.pass(piece);

      const lines = pieces.join('').split(/\r\n|\r|\n/);
      expect(place.line).toBe(lines.length);
      expect(place.column).toBe(1 + (lines.at(-1) ?? '').replaceAll('\uFEFF', '').length);
    }),
    { numRuns: 2_000 },
  );
});

it('a place may begin anywhere', () => {
  const place = new Place(7, 3);

  place.pass('ab');

  expect([place.line, place.column]).toEqual([7, 5]);
});
