/** The examples whose score changed, with what was asked and answered. */

import { answerKey, type Change, type CommonScorer, farthestChanges } from '../comparing/flips.ts';
import type { Pair } from '../comparing/pairing.ts';
import type { Flip } from '../comparison-types.ts';
import type { Source } from './sources.ts';

/** Of each way. */
const mostFlips = 100;

/** Reads both again for the texts of the few that are told. */
export async function flipsOf(
  pairs: readonly Pair[],
  scorers: readonly CommonScorer[],
  { baseline, candidate }: { readonly baseline: Source; readonly candidate: Source },
): Promise<Flip[]> {
  const { fell, rose } = farthestChanges(pairs, scorers, mostFlips);
  const all = [...fell, ...rose];
  const keysOf = (trial: 'baselineTrial' | 'candidateTrial') =>
    new Set(all.map((change) => answerKey(change.turn, change[trial])));
  const before = await baseline.texts(keysOf('baselineTrial'));
  const after = await candidate.texts(keysOf('candidateTrial'));
  return all.map((change) => flipOf(change, before, after));
}

type Texts = Awaited<ReturnType<Source['texts']>>;

function flipOf(change: Change, before: Texts, after: Texts): Flip {
  const was = before.get(answerKey(change.turn, change.baselineTrial));
  const is = after.get(answerKey(change.turn, change.candidateTrial));
  return {
    id: change.pair.id,
    scorer: change.scorer,
    baseline: change.baseline,
    candidate: change.candidate,
    input: is?.input ?? was?.input ?? null,
    expected: is?.expected ?? was?.expected ?? null,
    baseline_response: was?.response ?? null,
    candidate_response: is?.response ?? null,
    reason: is?.reasons[change.scorer] ?? null,
    after_retry: change.isRetried,
  };
}
