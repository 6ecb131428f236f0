/** What tokens cost. Pure. */

import type { Usage } from './types.ts';

/** Of a million tokens each, in a currency that only the user knows. */
export interface Price {
  readonly in: number;
  readonly out: number;
}

export const costOf = ({ in: input, out }: Price, usage: Omit<Usage, 'total_tokens'>): number =>
  (usage.input_tokens * input + usage.output_tokens * out) / 1_000_000;

/** `1,234.50`, `4.97`, `0.0031`: two places, or two digits of what is less than one. */
export function formatCost(cost: number): string {
  if (cost < 0.995) return String(Number(cost.toPrecision(2)));
  return cost.toFixed(2).replace(/\B(?=(\d{3})+\.)/g, ',');
}
