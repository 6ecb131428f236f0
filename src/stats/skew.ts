/** Are values too skewed for their mean to be taken for normal? */

import { mean } from './moments.ts';

/** Of scores: below this a variance is rounding, and all are alike. */
export const negligibleVariance = 1e-24;

/** g₁, the third standardised moment; 0 where all values are alike. */
export function skewness(values: readonly number[]): number {
  const middle = mean(values);
  const moment = (power: number) => mean(values.map((value) => (value - middle) ** power));
  const spread = moment(2);
  return spread < negligibleVariance ? 0 : moment(3) / spread ** 1.5;
}

/** So much that the order of adding up cannot decide. */
const rounding = 1e-9;

/** Cochran's rule: n ≤ 25 g₁² (Cochran 1977, *Sampling techniques*, 2.15). @param units What was drawn independently. */
export const isTooSkewed = (values: readonly number[], units: number): boolean =>
  units <= 25 * skewness(values) ** 2 + rounding;
