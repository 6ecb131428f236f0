/** Chance that a seed decides: the same seed, the same choices in the same order. */

/** @returns Functions that draw from one stream (mulberry32). */
export function chanceOf(seed) {
  let state = (Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995) >>> 0;
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return {
    /** 0 ≤ x < 1 */
    random,
    /** low ≤ x < high */
    between: (low, high) => low + random() * (high - low),
    /** A whole number, both ends included. */
    whole: (low, high) => low + Math.floor(random() * (high - low + 1)),
    /** True as often as the share says. */
    happens: (share) => random() < share,
    pick: (items) => items[Math.floor(random() * items.length)],
  };
}
