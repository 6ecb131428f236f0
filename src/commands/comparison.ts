/** Two batches over the same examples: is the candidate worse? One answer for text, JSON and exit code. */

import { commonScorers, faultsOfPairing } from '../comparing/faults.ts';
import type { CommonScorer } from '../comparing/flips.ts';
import { countExamples, type Pair, type Pairing, pairSides, ranOf, scoresOf } from '../comparing/pairing.ts';
import { countTurns } from '../comparing/populations.ts';
import type { Side } from '../comparing/side.ts';
import type { ComparedBatch, Comparison, ComparisonVerdict, ScorerComparison } from '../comparison-types.ts';
import { ConfigError } from '../errors.ts';
import type { Price } from '../price.ts';
import type { PairedExample } from '../stats/paired.ts';
import {
  judge,
  type RunVerdict,
  type ScorerVerdict,
  type VerdictOptions,
  verdictDefaults,
} from '../stats/verdict.ts';
import { groupsOf, lostAndGained, ratiosOf, toolsOf, type ValueOf } from './comparison-figures.ts';
import { flipsOf } from './flips.ts';
import type { Source } from './sources.ts';

export interface ComparisonOptions {
  /** The drop of a mean score that is allowed, 0..1. */
  readonly maxDrop: number;
  /** Chosen among those recorded; none: all that both have. */
  readonly scorers: readonly string[];
  /** Columns of the metadata. */
  readonly groupBy: string | null;
  readonly clusterBy: string | null;
  readonly price: Price | null;
}

/** The columns whose values a source is to keep. */
export const columnsFor = ({
  groupBy,
  clusterBy,
}: Pick<ComparisonOptions, 'groupBy' | 'clusterBy'>): string[] =>
  [groupBy, clusterBy].filter((name) => name !== null);

/** @throws ConfigError with every reason why they cannot be compared. */
export async function compareSources(
  baseline: Source,
  candidate: Source,
  options: ComparisonOptions,
): Promise<Comparison> {
  const [before, after] = [baseline.side, candidate.side];
  const pairing = pairSides(before, after);
  const choice = commonScorers(before, after, options.scorers);
  const faults = [...faultsOfPairing(before, after, pairing), ...choice.faults];
  if (faults.length > 0) throw new ConfigError(faults);
  const { pairs } = pairing;
  const scorers = choice.names.map((name) => ({
    name,
    baseline: before.scorers.indexOf(name),
    candidate: after.scorers.indexOf(name),
  }));
  const columnOf = columnsOf(baseline, candidate, pairs, options);
  const clusters = options.clusterBy === null ? () => null : columnOf(options.clusterBy);
  const { run, ran } = judged(pairs, scorers, clusters, options);
  const turns = {
    baseline: countTurns(
      pairs.flatMap((pair) => pair.baseline),
      scorers.map((scorer) => scorer.baseline),
    ),
    candidate: countTurns(
      pairs.flatMap((pair) => pair.candidate),
      scorers.map((scorer) => scorer.candidate),
    ),
  };
  return {
    ...told(run, ran),
    max_drop: options.maxDrop,
    baseline: batchOf(before),
    candidate: batchOf(after),
    pairs: pairs.length,
    only_in_baseline: pairing.onlyInBaseline.length,
    only_in_candidate: pairing.onlyInCandidate.length,
    inputs_differ: pairing.inputsDiffer.length,
    errors: { baseline: turns.baseline.failed, candidate: turns.candidate.failed },
    turns,
    scorers: scorers.map((scorer) => scorerOf(scorer, run, pairs)),
    ratios: ratiosOf(pairs, clusters, options.price),
    tools: toolsOf(pairs),
    flips: await flipsOf(pairs, scorers, { baseline, candidate }),
    groups: options.groupBy === null ? [] : groupsOf(pairs, scorers, columnOf(options.groupBy)),
    notes: [...notesOf(before, after, pairing), ...choice.notes],
  };
}

/** Values come from the candidate, else from the baseline: inputs are the same, and a baseline file keeps none. */
function columnsOf(baseline: Source, candidate: Source, pairs: readonly Pair[], options: ComparisonOptions) {
  const wanted = columnsFor(options);
  const isKept = candidate.side.columns !== null || baseline.side.columns !== null;
  if (wanted.length > 0 && !isKept)
    throw new ConfigError(
      `--${options.groupBy === null ? 'cluster' : 'group'}-by: expected a batch directory among the two: baseline files keep no columns`,
    );
  const key = candidate.side.columns === null ? 'baseline' : 'candidate';
  const columnOf = (name: string): ValueOf => {
    const at = wanted.indexOf(name);
    return (pair) => pair[key][0]?.columns[at] ?? null;
  };
  const faults = wanted
    .filter((name) => pairs.every((pair) => columnOf(name)(pair) === null))
    .map((name) => unknownColumn(name, options, (key === 'candidate' ? candidate : baseline).columns));
  if (pairs.length > 0 && faults.length > 0) throw new ConfigError(faults);
  return columnOf;
}

const unknownColumn = (name: string, { groupBy }: ComparisonOptions, columns: readonly string[]) =>
  `--${name === groupBy ? 'group' : 'cluster'}-by: expected a column of the dataset that is neither input, id, thread nor expectation, got ${JSON.stringify(name)}; it has ${columns.join(', ')}`;

interface Judged {
  readonly run: RunVerdict;
  /** Of whether trials ran to their end; null where all did, in both. */
  readonly ran: ScorerVerdict | null;
}

/** Under this name, which no scorer can have, trials that failed to run are judged beside the scores. */
const running = ' ran';

/** More than so many cards dealt in all take seconds; fewer draws tell p as well as a verdict needs. */
const mostCards = 3e8;
const fewestDraws = 1_000;

/** @param cards Trials in both runs, of all examples. */
export function verdictOptions(cards: number, maxDrop: number): VerdictOptions {
  const draws = Math.max(fewestDraws, Math.min(verdictDefaults.draws, Math.floor(mostCards / cards)));
  return { ...verdictDefaults, maxDrop, draws };
}

function judged(
  pairs: readonly Pair[],
  scorers: readonly CommonScorer[],
  clusterOf: ValueOf,
  { maxDrop }: ComparisonOptions,
): Judged {
  const paired = new Map<string, PairedExample[]>();
  const pairedBy = (of: (pair: Pair) => readonly [readonly number[], readonly number[]]) =>
    pairs.map((pair) => {
      const [baseline, candidate] = of(pair);
      return { baseline, candidate, cluster: clusterOf(pair) ?? undefined };
    });
  for (const { name, ...at } of scorers) {
    paired.set(
      name,
      pairedBy((pair) => [scoresOf(pair.baseline, at.baseline), scoresOf(pair.candidate, at.candidate)]),
    );
  }
  const ran = pairedBy((pair) => [ranOf(pair.baseline), ranOf(pair.candidate)]);
  const isBroken = ran.some(({ baseline, candidate }) => [...baseline, ...candidate].includes(0));
  // Where none failed it could tell nothing, and would only cost the scorers some of their power.
  if (isBroken) paired.set(running, ran);
  const cards = ran.reduce((sum, { baseline, candidate }) => sum + baseline.length + candidate.length, 0);
  const run = judge(paired, verdictOptions(cards, maxDrop));
  return { run, ran: run.scorers.get(running) ?? null };
}

const badness: Record<ComparisonVerdict, number> = { OK: 0, INCONCLUSIVE: 1, REGRESSED: 2 };

/** Trials that failed to run have no score; where they got surely more, that alone is a regression. */
function told({ scorers }: RunVerdict, ran: ScorerVerdict | null): Pick<Comparison, 'verdict' | 'sentence'> {
  const all = [...scorers].filter(([name]) => name !== running);
  const worst = all.reduce((bad, [, { verdict }]) => Math.max(bad, badness[verdict]), 0);
  const failing = ran?.verdict === 'REGRESSED' ? [failingSentence(ran)] : [];
  const verdict =
    (['OK', 'INCONCLUSIVE', 'REGRESSED'] as const)[failing.length > 0 ? 2 : worst] ?? 'INCONCLUSIVE';
  const telling = all.filter(([, each]) => badness[each.verdict] === worst);
  const sentences = telling.map(([name, { sentence }]) => `${name}: ${sentence}`);
  const isTold = failing.length === 0 || worst === badness.REGRESSED;
  return { verdict, sentence: [...failing, ...(isTold ? sentences : [])].join('. ') };
}

function failingSentence({ estimate, adjustedP }: ScorerVerdict): string {
  const share = (value: number | undefined) => `${(100 * (1 - (value ?? 1))).toFixed(1)} %`;
  const p = adjustedP < 0.001 ? '< 0.001' : `= ${adjustedP.toFixed(3)}`;
  return `more trials fail to run: ${share(estimate?.baseline)} → ${share(estimate?.candidate)} (p ${p})`;
}

function scorerOf(scorer: CommonScorer, run: RunVerdict, pairs: readonly Pair[]): ScorerComparison {
  const verdict = run.scorers.get(scorer.name);
  if (verdict === undefined) throw new Error(`Expected a verdict on ${scorer.name}`);
  const { estimate } = verdict;
  return {
    name: scorer.name,
    verdict: verdict.verdict,
    sentence: verdict.sentence,
    examples: estimate?.examples ?? 0,
    baseline: estimate?.baseline ?? null,
    candidate: estimate?.candidate ?? null,
    difference: estimate?.difference ?? null,
    interval: estimate?.interval ?? null,
    p: verdict.adjustedP,
    caution: estimate?.caution ?? null,
    ...lostAndGained(pairs, scorer),
  };
}

const batchOf = (side: Side): ComparedBatch => ({
  id: side.facts.id,
  path: side.facts.path,
  agent_version: side.facts.agentVersion,
  started_at: side.facts.startedAt,
  examples: countExamples(side),
});

function notesOf(before: Side, after: Side, { inputsDiffer, ...pairing }: Pairing): string[] {
  const unfinished = [before, after]
    .filter(({ facts }) => facts.missing > 0)
    .map(({ facts }) => `${facts.path} is not finished: ${facts.missing} of its turns have no record yet`);
  const leftOut = (count: number, { facts }: Side) =>
    count === 0 ? [] : [`${count} of the examples are only in ${facts.path}: left out`];
  const differ =
    inputsDiffer.length === 0
      ? []
      : [
          `${inputsDiffer.length} of the common ids ask something else (such as ${JSON.stringify(inputsDiffer[0])}): left out`,
        ];
  return [
    ...unfinished,
    ...differ,
    ...leftOut(pairing.onlyInBaseline.length, before),
    ...leftOut(pairing.onlyInCandidate.length, after),
  ];
}
