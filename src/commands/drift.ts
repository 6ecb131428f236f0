/** What a batch comes to beside the last good ones: evidence to the rule of `stats/drift.ts`, and what is told of it. */

import { commonScorers } from '../comparing/faults.ts';
import { pairSides, ranOf, scoresOf } from '../comparing/pairing.ts';
import type { Side } from '../comparing/side.ts';
import type { DriftFacts, DriftState, Watched } from '../drift-types.ts';
import type { HistoryRow } from '../history-types.ts';
import { type Evidence, evidenceIn, watchDrift } from '../stats/drift.ts';
import { verdictOptions } from './comparison.ts';
import type { Before } from './last-good.ts';
import { shownPath } from './open-batch.ts';

/** By each scorer that the two have in common, then by whether trials ran. @param scorers That are expected of both. */
export function evidenceOf(
  before: Side,
  after: Side,
  scorers: readonly string[],
  maxDrop: number,
): Evidence[] {
  const { pairs } = pairSides(before, after);
  const names = [...new Set([...scorers, ...commonScorers(before, after, []).names])];
  const cards = pairs.reduce(
    (sum, pair) =>
      [...pair.baseline, ...pair.candidate].reduce((more, turn) => more + turn.trials.length, sum),
    0,
  );
  const options = verdictOptions(Math.max(1, cards), maxDrop);
  const byScorer = names.map((name) => {
    const at = { baseline: before.scorers.indexOf(name), candidate: after.scorers.indexOf(name) };
    const paired = pairs.map(({ baseline, candidate }) => ({
      baseline: scoresOf(baseline, at.baseline),
      candidate: scoresOf(candidate, at.candidate),
    }));
    return evidenceIn(name, paired, options);
  });
  const ran = pairs.map(({ baseline, candidate }) => ({
    baseline: ranOf(baseline),
    candidate: ranOf(candidate),
  }));
  return [...byScorer, evidenceIn(null, ran, options)];
}

export interface Compared {
  readonly before: Before;
  /** None: there was nothing to compare with. */
  readonly evidence: readonly Evidence[];
  readonly maxDrop: number;
  readonly agentVersion: string;
  /** When the batch began. */
  readonly startedAt: string;
  readonly cwd: string;
}

/** Of a batch that is finished. */
export function driftOf(compared: Compared): DriftFacts {
  const { before, evidence, maxDrop, startedAt } = compared;
  const last = before.batches.find(({ drift }) => drift !== null)?.drift ?? null;
  const was = last?.state ?? 'steady';
  const watched = watchDrift(last?.watched ?? [], evidence, maxDrop);
  const state = watched.some((each) => each.state === 'regressed') ? 'regressed' : 'steady';
  const changed = state !== was;
  const since = changed ? startedAt : (last?.since ?? null);
  return {
    state,
    changed,
    sentence: sentenceOf({ ...compared, watched, was, state, since }),
    since,
    baseline: before.good.map(({ directory }) => directory),
    watched,
  };
}

interface Telling extends Compared {
  readonly watched: readonly Watched[];
  readonly was: DriftState;
  readonly state: DriftState;
  readonly since: string | null;
}

function sentenceOf(telling: Telling): string {
  const { watched, was, state, since, evidence } = telling;
  if (evidence.length === 0) {
    return was === 'steady'
      ? 'no good batch before it to compare with'
      : 'it was worse until now, and no good batch is left to compare with: it begins anew';
  }
  if (state === 'regressed') {
    const worse = watched.filter((each) => each.state === 'regressed');
    const how =
      was === 'regressed'
        ? `still worse than the last good ones, since ${since}`
        : 'worse than the last good ones';
    return `${how}: ${seen(evidence, worse)}; ${causeOf(telling)}`;
  }
  if (was === 'regressed') return `as good as the last good ones again: ${seen(evidence, watched)}`;
  const isSuspect = watched.some(({ statistic }) => statistic > 0);
  return `${isSuspect ? 'no change for the worse is sure yet' : 'not worse than the last good ones'}: ${seen(evidence, watched)}`;
}

/** `exact 0.950 → 0.800, failed to run 0.0 % → 10.0 %`. */
function seen(evidence: readonly Evidence[], which: readonly Watched[]): string {
  const told = which.flatMap(({ scorer }) => {
    const test = evidence.find((each) => each.scorer === scorer)?.test ?? null;
    if (test === null) return scorer === null ? [] : [`${scorer} not scored`];
    const { baseline, candidate } = test;
    if (scorer !== null) return [`${scorer} ${baseline.toFixed(3)} → ${candidate.toFixed(3)}`];
    return baseline === 1 && candidate === 1
      ? []
      : [`failed to run ${share(baseline)} → ${share(candidate)}`];
  });
  return told.join(', ');
}

const share = (ran: number) => `${(100 * (1 - ran)).toFixed(1)} %`;

/** The first change of the agent's version after the last good batch: what made it worse came in between. */
function causeOf({ before, agentVersion, cwd }: Compared): string {
  const [newest] = before.good;
  const from = before.batches.findIndex(({ directory }) => directory === newest?.directory);
  const named = ({ directory, started_at }: HistoryRow) => `${shownPath(directory, cwd)} (${started_at})`;
  const since = before.batches
    .slice(0, from + 1)
    .toReversed()
    .map((row) => ({ version: row.agent_version, name: named(row) }));
  const known = [...since, { version: agentVersion, name: 'this batch' }].filter(
    ({ version }) => version !== null && version !== '',
  );
  const at = known.findIndex(({ version }, place) => place > 0 && version !== known[place - 1]?.version);
  const [old, changed] = [known[at - 1], known[at]];
  if (old === undefined || changed === undefined)
    return known.length === since.length + 1
      ? "the agent's version is the same as then"
      : "no change of the agent's version is known";
  return `likely cause: the agent's version changed from ${old.version} to ${changed.version} between ${old.name} and ${changed.name}`;
}
