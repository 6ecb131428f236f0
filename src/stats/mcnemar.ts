/** Did as many examples get better as worse? The exact test on those that changed. */

import { binomialCdf } from './binomial.ts';
import { binomialDensity } from './binomial-density.ts';

export interface McNemar {
  /** Two-sided, exact. */
  readonly p: number;
  /** With half the chance of what was seen: less cautious, for information. */
  readonly midP: number;
}

/** McNemar's test by the binomial (McNemar 1947; mid-p: Fagerland, Lydersen & Laake 2013); 1 where nothing changed. */
export function exactMcNemar(gained: number, lost: number): McNemar {
  const changed = gained + lost;
  if (changed === 0) return { p: 1, midP: 1 };
  const fewer = Math.min(gained, lost);
  const twice = 2 * binomialCdf(fewer, changed, 0.5);
  const midP = twice - binomialDensity(fewer, changed, 0.5, 0.5);
  return { p: Math.min(1, twice), midP: Math.min(1, midP) };
}
