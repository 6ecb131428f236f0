/** Mean, variance, median of numbers. Empty lists have none: the caller looks first. */

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Squared distance from the mean, divided by n − 1; 0 for one value. */
export function variance(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
}

export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Mean and central moments of numbers that come one after another (Pébay 2008, SAND2008-6212): none of them is kept. */
export class Moments {
  n = 0;
  mean = 0;
  /** Sum of the squared distances from the mean. */
  squares = 0;
  /** Sum of the cubed ones. */
  private cubes = 0;

  static of(values: Iterable<number>): Moments {
    const moments = new Moments();
    for (const value of values) moments.add(value);
    return moments;
  }

  add(value: number): void {
    const before = this.n;
    this.n += 1;
    const distance = value - this.mean;
    const step = distance / this.n;
    const term = distance * step * before;
    this.mean += step;
    this.cubes += term * step * (this.n - 2) - 3 * step * this.squares;
    this.squares += term;
  }

  /** g₁, the third standardised moment; 0 where all values are alike. */
  get skewness(): number {
    const spread = this.squares / this.n;
    return spread < negligibleVariance ? 0 : this.cubes / this.n / spread ** 1.5;
  }
}

/** Of scores: below this a variance is rounding, and all are alike. */
export const negligibleVariance = 1e-24;
