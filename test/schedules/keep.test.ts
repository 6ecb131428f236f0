import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type KeptFiring, toDelete } from '../../src/schedules/keep.ts';

const firing = fc.record({
  name: fc.oneof(
    fc.integer({ min: 0, max: 40 }).map((day) => `202611${String(day).padStart(2, '0')}T030000Z`),
    fc.constantFrom('mine', '20261101T030000Z.old', '20261101'),
  ),
  isFinished: fc.boolean(),
  isBaseline: fc.boolean(),
});
const firings = fc.uniqueArray(firing, { selector: ({ name }) => name, maxLength: 30 });

it('what is deleted is finished, nobody’s baseline, a firing by its name, and older than the ones that are kept', () => {
  fc.assert(
    fc.property(firings, fc.integer({ min: 1, max: 8 }), (all, keepLast) => {
      const gone = toDelete(all, keepLast);

      const find = (name: string) => all.find((one) => one.name === name) as KeptFiring;
      const kept = all.filter(
        ({ name, isFinished }) => isFinished && /^\d{8}T\d{6}Z$/.test(name) && !gone.includes(name),
      );
      for (const name of gone) {
        expect(find(name)).toMatchObject({ isFinished: true, isBaseline: false });
        expect(name).toMatch(/^\d{8}T\d{6}Z$/);
        expect(kept.filter((one) => one.name > name).length).toBeGreaterThanOrEqual(keepLast);
      }
      expect(kept.filter(({ isBaseline }) => !isBaseline).length).toBeLessThanOrEqual(keepLast);
      expect([...gone]).toEqual([...gone].sort());
    }),
  );
});
