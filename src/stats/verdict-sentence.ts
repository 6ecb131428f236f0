/** A comparison told to a person. */

import { type Deciding, fewestToGate } from './deciding.ts';
import type { DifferenceEstimate } from './difference.ts';

export interface ComparisonFacts {
  readonly verdict: 'OK' | 'REGRESSED' | 'INCONCLUSIVE';
  readonly estimate: DifferenceEstimate | null;
  readonly adjustedP: number;
  readonly deciding: Deciding | null;
  readonly maxDrop: number;
}

/** What was seen and what it means, in one line: `mean 0.840 → 0.790 (−5.0 points, 95 % interval …) …`. */
export function sentenceOf(facts: ComparisonFacts): string {
  const { estimate } = facts;
  if (estimate === null) return 'no example has a score in both runs, so there is nothing to compare';
  const parts = [seen(estimate), meaning(facts, estimate)];
  if (estimate.caution !== null) parts.push(estimate.caution);
  return parts.join('; ');
}

function seen({ baseline, candidate, difference, interval, examples }: DifferenceEstimate): string {
  const bounds = interval === null ? '' : ` [${points(interval.low)}, ${points(interval.high)}]`;
  const count = `${examples} ${examples === 1 ? 'example' : 'examples'}`;
  return `mean ${baseline.toFixed(3)} → ${candidate.toFixed(3)}, ${points(difference)}${bounds} points on ${count}`;
}

function meaning(
  { verdict, adjustedP, deciding, maxDrop }: ComparisonFacts,
  { units, examples }: DifferenceEstimate,
) {
  const margin = `more than ${(100 * maxDrop).toFixed(1)} points`;
  if (verdict === 'OK') return `a drop of ${margin} is ruled out`;
  if (verdict === 'REGRESSED') return `worse than chance explains (p ${shownP(adjustedP)})`;
  const unitName = units < examples ? 'clusters' : 'examples';
  const few =
    units < fewestToGate ? `, and fewer than ${fewestToGate} ${unitName} are too few to rule it out` : '';
  return `neither is a drop of ${margin} ruled out nor any drop sure (p ${shownP(adjustedP)})${few}${whatWould(deciding)}`;
}

function whatWould(deciding: Deciding | null): string {
  if (deciding === null || deciding.examples === null) return '';
  const examples = `about ${deciding.examples} examples`;
  const trials = deciding.trials === null ? '' : `, or ${deciding.trials} trials of each in both runs,`;
  return `; ${examples}${trials} would decide`;
}

/** With its sign; a true minus, for people. */
function points(share: number): string {
  const shown = Math.abs(100 * share).toFixed(1);
  return shown === '0.0' ? '0.0' : `${share < 0 ? '−' : '+'}${shown}`;
}

const shownP = (p: number) => (p < 0.001 ? '< 0.001' : `= ${p.toFixed(3)}`);
