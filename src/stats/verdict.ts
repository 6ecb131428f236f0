/** Is the candidate worse than the baseline? One answer for the text, the JSON and the exit code. */

import type { ComparisonVerdict } from '../comparison-types.ts';
import { type Deciding, fewestToGate, whatDecides } from './deciding.ts';
import { type DifferenceEstimate, estimateDifference } from './difference.ts';
import { estimateDefaults } from './estimate.ts';
import { exactMcNemar, type McNemar } from './mcnemar.ts';
import { holm } from './multiple-tests.ts';
import type { PairedExample } from './paired.ts';
import { type PermutationOptions, type PermutationTest, permutationTest } from './permutation.ts';
import { questionDefaults } from './power.ts';
import { type ComparisonFacts, sentenceOf } from './verdict-sentence.ts';

export interface VerdictOptions extends PermutationOptions {
  /** The drop of the mean score that is allowed, 0..1. */
  readonly maxDrop: number;
  /** Two-sided: REGRESSED is a false alarm in at most half of it. */
  readonly alpha: number;
  /** How surely a drop of `maxDrop` is to be found, for what would decide. */
  readonly power: number;
}

export const verdictDefaults = {
  maxDrop: 0.02,
  alpha: questionDefaults.alpha,
  power: questionDefaults.power,
  draws: estimateDefaults.draws,
  seed: estimateDefaults.seed,
} as const satisfies VerdictOptions;

/** One scorer's comparison. */
export interface ScorerVerdict {
  readonly verdict: ComparisonVerdict;
  /** For a person: what was seen, and what it means. */
  readonly sentence: string;
  /** Null where no example has a score in both runs. */
  readonly estimate: DifferenceEstimate | null;
  /** Is this dataset answered worse, or better? One-sided; null as above. */
  readonly test: PermutationTest | null;
  /** `test.worse`, adjusted for the other scorers; 1 where there was no test. */
  readonly adjustedP: number;
  /** Of one trial of 0 or 1 in each run; for information. */
  readonly mcnemar: McNemar | null;
  /** Of INCONCLUSIVE only. */
  readonly deciding: Deciding | null;
}

export interface RunVerdict {
  /** The worst of the scorers'. */
  readonly verdict: ComparisonVerdict;
  readonly scorers: ReadonlyMap<string, ScorerVerdict>;
}

/**
 * The verdict over all gated scorers, in this order for each:
 * OK where the interval lies above −maxDrop (a drop within the margin is allowed, even a certain one), REGRESSED where the
 * permutation test's p, by Holm over the scorers, is below α/2, else INCONCLUSIVE.
 */
export function judge(
  scorers: ReadonlyMap<string, readonly PairedExample[]>,
  options: VerdictOptions = verdictDefaults,
): RunVerdict {
  const compared = [...scorers].map(([name, pairs]) => ({ name, ...compare(pairs, options) }));
  const adjusted = holm(compared.map(({ test }) => test?.worse ?? 1));
  const verdicts = new Map(
    compared.map((facts, at) => [facts.name, verdictOf(facts, adjusted[at] ?? 1, options)]),
  );
  return { verdict: worst([...verdicts.values()].map(({ verdict }) => verdict)), scorers: verdicts };
}

/** The verdict over one scorer. */
export function judgeScorer(
  pairs: readonly PairedExample[],
  options: VerdictOptions = verdictDefaults,
): ScorerVerdict {
  const facts = compare(pairs, options);
  return verdictOf(facts, facts.test?.worse ?? 1, options);
}

interface Compared {
  readonly pairs: readonly PairedExample[];
  readonly estimate: DifferenceEstimate | null;
  readonly test: PermutationTest | null;
}

function compare(pairs: readonly PairedExample[], { alpha, draws, seed }: VerdictOptions): Compared {
  const estimate = estimateDifference(pairs, 1 - alpha);
  return { pairs, estimate, test: estimate === null ? null : permutationTest(pairs, { draws, seed }) };
}

function verdictOf(
  { pairs, estimate, test }: Compared,
  adjustedP: number,
  options: VerdictOptions,
): ScorerVerdict {
  const verdict = estimate === null ? 'INCONCLUSIVE' : decide(estimate, adjustedP, options);
  const question = { drop: options.maxDrop, alpha: options.alpha, power: options.power };
  const deciding =
    verdict === 'INCONCLUSIVE' && estimate !== null ? whatDecides(estimate, pairs, question) : null;
  const facts: ComparisonFacts = { verdict, estimate, adjustedP, deciding, maxDrop: options.maxDrop };
  const changes = estimate?.changes ?? null;
  return {
    verdict,
    sentence: sentenceOf(facts),
    estimate,
    test,
    adjustedP,
    mcnemar: changes === null ? null : exactMcNemar(changes.gained, changes.lost),
    deciding,
  };
}

function decide(estimate: DifferenceEstimate, adjustedP: number, options: VerdictOptions): ComparisonVerdict {
  const { interval, units } = estimate;
  if (interval !== null && units >= fewestToGate && interval.low > -options.maxDrop) return 'OK';
  return adjustedP < options.alpha / 2 ? 'REGRESSED' : 'INCONCLUSIVE';
}

/** Without any scorer nothing is known. */
function worst(verdicts: readonly ComparisonVerdict[]): ComparisonVerdict {
  if (verdicts.includes('REGRESSED')) return 'REGRESSED';
  return verdicts.includes('INCONCLUSIVE') || verdicts.length === 0 ? 'INCONCLUSIVE' : 'OK';
}
