import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKeptText } from '../../src/agent/kept-text.ts';

describe('text kept as bytes', () => {
  it('is what was added, in whatever pieces, halves of a character too', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 40 }),
        fc.integer({ min: 1, max: 7 }),
        (some, size) => {
          const whole = some.toWellFormed().repeat(500);
          const text = createKeptText(1_000_000);

          for (let at = 0; at < whole.length; at += size) text.add(whole.slice(at, at + size));

          expect(text.toString()).toBe(whole);
          expect(text.isEmpty).toBe(whole === '');
        },
      ),
      { numRuns: 50 },
    );
  });

  it('takes no more once there is enough', () => {
    const text = createKeptText(10_000);

    for (let piece = 0; piece < 5_000; piece += 1) text.add('ten chars.');

    expect(text.toString()).toHaveLength(10_000);
  });
});
