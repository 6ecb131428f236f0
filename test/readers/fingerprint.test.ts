import { describe, expect, it } from 'vitest';
import { fingerprint } from '../../src/readers/fingerprint.ts';

const count = 1 << 17;

/** How many of so many values of 32 bits are there already. By chance: two. */
function repeats(madeOf: (n: number) => number): number {
  return count - new Set(Array.from({ length: count }, (_, n) => madeOf(n))).size;
}

describe('fingerprints', () => {
  it.each<[string, (n: number) => string]>([
    ['numbers', String],
    ['numbered rows', (n) => `row-${n}`],
    ['numbers at the start', (n) => `${n}/what/they/ask`],
    ['UUIDs one behind the other', (n) => `550e8400-e29b-41d4-a716-${n.toString(16).padStart(12, '0')}`],
    ['two letters, many places', (n) => n.toString(2).padStart(17, '0')],
    ['other scripts', (n) => String.fromCharCode(0x4e00 + (n % 512), 0x4e00 + (n >> 9))],
  ])('tell texts apart that are much alike: %s', (_what, textOf) => {
    const lowHalves = (n: number) =>
      (fingerprint(textOf(n), 1) & 0xffff) * 0x10000 + (fingerprint(textOf(n), 2) & 0xffff);
    const highHalves = (n: number) =>
      (fingerprint(textOf(n), 1) >>> 16) * 0x10000 + (fingerprint(textOf(n), 2) >>> 16);

    expect(repeats((n) => fingerprint(textOf(n), 1))).toBeLessThan(10);
    expect(repeats(lowHalves)).toBeLessThan(10);
    expect(repeats(highHalves)).toBeLessThan(10);
  });

  it('are whole numbers of 32 bits', () => {
    for (const text of ['', 'a', '\0', '👩‍🔬', 'x'.repeat(1_000)]) {
      const bits = fingerprint(text, 1);

      expect(bits).toBe(bits >>> 0);
    }
  });
});
