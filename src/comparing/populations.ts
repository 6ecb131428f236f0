/** What became of turns: scored, failed to run, or waiting for a person are three things. */

import type { ComparedTurns } from '../comparison-types.ts';
import type { ComparedTurn } from './side.ts';

const nothing: ComparedTurns = { scored: 0, not_scored: 0, failed: 0, interrupted: 0, skipped: 0 };

/** All trials of these turns. @param places Of the scorers that count, among their side's. */
export function countTurns(turns: Iterable<ComparedTurn>, places: readonly number[]): ComparedTurns {
  const counts = { ...nothing };
  for (const { trials } of turns) {
    for (const trial of trials) {
      if (trial === null) continue;
      if (trial.outcome === 'error') counts.failed += 1;
      else if (trial.outcome === 'skipped') counts.skipped += 1;
      else if (trial.outcome === 'interrupted') counts.interrupted += 1;
      else if (places.some((at) => (trial.scores[at] ?? null) !== null)) counts.scored += 1;
      else counts.not_scored += 1;
    }
  }
  return counts;
}
