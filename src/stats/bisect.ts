/** Where a function that falls passes zero. */

/**
 * The x between low and high where `falling` passes from positive to negative, as near as numbers get:
 * high where it is positive throughout, low where it never is.
 */
export function bisect(falling: (x: number) => number, low: number, high: number): number {
  let [from, to] = [low, high];
  for (;;) {
    const middle = from + (to - from) / 2;
    if (middle <= from || middle >= to) return falling(to) > 0 ? to : from;
    if (falling(middle) > 0) from = middle;
    else to = middle;
  }
}
