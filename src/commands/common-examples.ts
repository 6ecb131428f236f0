/** What a baseline and a batch have in common, told before the batch begins. */

import type { Pairing } from '../comparing/pairing.ts';
import { fewestToGate } from '../stats/deciding.ts';

/** What is wrong where they have one example alone in common. */
export function tooFew({ pairs }: Pairing, name: string): string[] {
  if (pairs.length !== 1) return [];
  return [
    `${name}: expected at least 2 examples in common, and ${fewestToGate} for an OK; saw one, ${JSON.stringify(pairs[0]?.id)}: one example cannot tell a change from chance`,
  ];
}

/** One line for a person. */
export function inCommon(
  { pairs, inputsDiffer, onlyInBaseline, onlyInCandidate }: Pairing,
  name: string,
): string {
  const left = [
    inputsDiffer.length > 0 && `${inputsDiffer.length} ask something else`,
    onlyInBaseline.length > 0 && `${onlyInBaseline.length} are only there`,
    onlyInCandidate.length > 0 && `${onlyInCandidate.length} only here`,
  ].filter((part) => part !== false);
  const few = pairs.length < fewestToGate ? `; fewer than ${fewestToGate} give no OK` : '';
  return `Baseline ${name}: ${pairs.length} examples in common${left.length > 0 ? ` (${left.join(', ')})` : ''}${few}.`;
}
