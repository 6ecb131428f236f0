import { costOf, formatCost, type Price } from '../price.ts';
import type { Usage } from '../types.ts';
import { formatCount, formatRoughly, formatTimeLeft, formatTurns } from './figures.ts';

/** So few results say nothing of the rest. */
const fewestResults = 20;

/**
 * What the rest will take, judged by what this start brought; null while that is too little, or nothing is left.
 *
 * @param done  Turns asked since this start, in `elapsedMs`, with `usage`.
 * @param total Turns that this start is to ask.
 */
export function projection({
  done,
  total,
  elapsedMs,
  usage,
  price = null,
}: {
  readonly done: number;
  readonly total: number;
  readonly elapsedMs: number;
  readonly usage: Usage | null;
  /** Default: nobody told one. */
  readonly price?: Price | null | undefined;
}): string | null {
  if (done < fewestResults || done >= total) return null;
  const time = `about ${formatTimeLeft((elapsedMs / done) * (total - done))} for the ${formatTurns(total - done)} left`;
  const tokens = usage && `about ${formatRoughly((usage.total_tokens / done) * total)} tokens in all`;
  const cost = usage && price && `a cost of about ${formatCost((costOf(price, usage) / done) * total)}`;
  return [`By the first ${formatCount(done)}: ${time}`, tokens, cost]
    .filter((piece) => piece !== null)
    .join('; ');
}
