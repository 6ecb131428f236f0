/** Why two batches cannot be compared, told before anybody waits for it. Pure. */

import { nearest } from '../nearest.ts';
import type { Pairing } from './pairing.ts';
import { countExamples } from './pairing.ts';
import type { Side } from './side.ts';

/** Each fault in a sentence; none where they can be compared. */
export function faultsOfPairing(baseline: Side, candidate: Side, pairing: Pairing): string[] {
  if (pairing.pairs.length > 0) return [];
  const { facts: before } = baseline;
  const { facts: after } = candidate;
  const common = pairing.inputsDiffer.length;
  if (common > 0) {
    return [
      `${before.path}: expected a baseline of the same dataset; all ${counted(common, 'common id')} ask something else (such as ${named(pairing.inputsDiffer)}): it is of ${before.dataset.name}, and ${after.path} of ${after.dataset.name}`,
    ];
  }
  return [
    `${before.path}: expected examples of ${after.path} in it, by id; no id is in both: it has ${idsOf(baseline, pairing.onlyInBaseline)}, ${after.path} has ${idsOf(candidate, pairing.onlyInCandidate)}`,
  ];
}

function idsOf(side: Side, ids: readonly string[]): string {
  const count = countExamples(side);
  return count === 0 ? 'no example' : `${counted(count, 'example')} (${named(ids)})`;
}

export interface CommonScorers {
  /** In the order of the candidate's, or as they were chosen. */
  readonly names: readonly string[];
  readonly faults: readonly string[];
  /** A sentence for each that only one of the two has. */
  readonly notes: readonly string[];
}

type Scored = Pick<Side, 'scorers'> & { readonly facts: Pick<Side['facts'], 'path' | 'specs'> };

/** The scorers by which they are compared: those of both, or those that were chosen among them. */
export function commonScorers(baseline: Scored, candidate: Scored, chosen: readonly string[]): CommonScorers {
  const common = candidate.scorers.filter((name) => baseline.scorers.includes(name));
  const names = chosen.length > 0 ? [...new Set(chosen)] : common;
  const missing = chosen.filter((name) => !common.includes(name));
  const faults = [
    ...missing.map((name) => `--scorer ${name}: ${missingIn(name, baseline, candidate)}`),
    ...(common.length === 0 && chosen.length === 0 ? [noneInCommon(baseline, candidate)] : []),
    ...names.flatMap((name) => otherSpec(name, baseline, candidate) ?? []),
  ];
  const onlyIn = ({ facts, scorers }: Scored) =>
    scorers
      .filter((name) => !common.includes(name))
      .map((name) => `${name} has scores only in ${facts.path}: it is not compared`);
  return { names, faults, notes: chosen.length > 0 ? [] : [...onlyIn(baseline), ...onlyIn(candidate)] };
}

function missingIn(name: string, baseline: Scored, candidate: Scored): string {
  const without = [baseline, candidate].filter(({ scorers }) => !scorers.includes(name));
  const near = nearest(name, new Set([...baseline.scorers, ...candidate.scorers]));
  const meant = near === null || near === name ? '' : `, did you mean ${near}?`;
  return `${without.map(scoredBy).join('; ')}${meant}`;
}

const scoredBy = ({ facts, scorers }: Scored) =>
  scorers.length === 0 ? `${facts.path} has no scores` : `${facts.path} has scores of ${scorers.join(', ')}`;

const noneInCommon = (baseline: Scored, candidate: Scored) =>
  `expected scores of the same scorer in both: ${scoredBy(baseline)}; ${scoredBy(candidate)}: threadmill score gives a batch other scores without asking the agent`;

/** The same name, and another argument: their scores mean different things. */
function otherSpec(name: string, baseline: Scored, candidate: Scored): string | null {
  const [before, after] = [baseline.facts.specs[name], candidate.facts.specs[name]];
  if (before === undefined || after === undefined || before === after) return null;
  return `${name}: expected the same scorer in both: ${baseline.facts.path} was scored by ${before}, ${candidate.facts.path} by ${after}`;
}

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

const mostNamed = 3;

const named = (ids: readonly string[]) =>
  ids
    .slice(0, mostNamed)
    .map((id) => JSON.stringify(id))
    .join(', ') + (ids.length > mostNamed ? ', …' : '');
