/** Are values too skewed for their mean to be taken for normal? */

import type { Moments } from './moments.ts';

/** So much that the order of adding up cannot decide. */
const rounding = 1e-9;

/** Cochran's rule: n ≤ 25 g₁² (Cochran 1977, *Sampling techniques*, 2.15). @param units What was drawn independently. */
export const isTooSkewed = ({ skewness }: Moments, units: number): boolean =>
  units <= 25 * skewness ** 2 + rounding;
