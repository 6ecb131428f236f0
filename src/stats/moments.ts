/** Mean, variance, skewness, median of numbers. Empty lists have none: the caller looks first. */

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Squared distance from the mean, divided by n − 1; 0 for one value. */
export function variance(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
}

/** g₁, the third standardised moment; 0 where all values are alike. */
export function skewness(values: readonly number[]): number {
  const middle = mean(values);
  const moment = (power: number) => mean(values.map((value) => (value - middle) ** power));
  const spread = moment(2);
  return spread < negligibleVariance ? 0 : moment(3) / spread ** 1.5;
}

/** Of scores: below this it is rounding, and all are alike. */
export const negligibleVariance = 1e-24;

export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
