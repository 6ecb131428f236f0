/** p-values of several tests at once, adjusted for there being several. */

/** Adjusted so that any false alarm among all is as rare as one test's (Holm 1979). In the order given. */
export function holm(pValues: readonly number[]): number[] {
  const order = ascending(pValues);
  const adjusted: number[] = new Array(pValues.length).fill(1);
  let highest = 0;
  order.forEach((at, rank) => {
    highest = Math.max(highest, Math.min(1, (pValues.length - rank) * (pValues[at] ?? 1)));
    adjusted[at] = highest;
  });
  return adjusted;
}

/** Adjusted so that of those called real only a share is false: for exploring (Benjamini & Hochberg 1995). In the order given. */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
  const order = ascending(pValues);
  const adjusted: number[] = new Array(pValues.length).fill(1);
  let lowest = 1;
  order.toReversed().forEach((at, fromEnd) => {
    lowest = Math.min(lowest, ((pValues[at] ?? 1) * pValues.length) / (pValues.length - fromEnd));
    adjusted[at] = lowest;
  });
  return adjusted;
}

const ascending = (pValues: readonly number[]) =>
  pValues.map((_, at) => at).sort((one, other) => (pValues[one] ?? 1) - (pValues[other] ?? 1));
