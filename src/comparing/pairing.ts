/** Which examples of two batches are the same, and what they scored. */

import type { Usage } from '../types.ts';
import { type ComparedTurn, type Side, type TrialFacts, turnKey } from './side.ts';

/** An example of both: one turn, or all turns of one conversation, in the same order on both sides. */
export interface Pair {
  /** Its first turn's. */
  readonly id: string;
  readonly baseline: readonly ComparedTurn[];
  readonly candidate: readonly ComparedTurn[];
}

export interface Pairing {
  /** In the candidate's dataset order. */
  readonly pairs: readonly Pair[];
  /** Ids of examples. */
  readonly onlyInBaseline: readonly string[];
  readonly onlyInCandidate: readonly string[];
  /** The same id, and another input; or a conversation with other turns. */
  readonly inputsDiffer: readonly string[];
}

/** Pairs by example id, conversations by that of their first turn; never by place. */
export function pairSides(baseline: Side, candidate: Side): Pairing {
  const before = examplesOf(baseline, conversationsOf(candidate));
  const after = examplesOf(candidate, conversationsOf(baseline));
  const pairs: Pair[] = [];
  const inputsDiffer: string[] = [];
  const onlyInCandidate: string[] = [];
  for (const [id, turns] of after) {
    const others = before.get(id);
    if (others === undefined) onlyInCandidate.push(id);
    else if (areSame(others, turns)) pairs.push({ id, baseline: others, candidate: turns });
    else inputsDiffer.push(id);
  }
  const onlyInBaseline = [...before.keys()].filter((id) => !after.has(id));
  return { pairs, onlyInBaseline, onlyInCandidate, inputsDiffer };
}

/** Examples of a side, by id. */
export const countExamples = (side: Side): number => examplesOf(side, new Map()).size;

/** A turn that was never asked has no thread: the other batch may know its conversation. */
function conversationsOf({ turns }: Side): Map<string, string> {
  const known = new Map<string, string>();
  for (const { id, turn, conversation } of turns)
    if (turn !== null && conversation !== null) known.set(turnKey(id, turn), conversation);
  return known;
}

function examplesOf({ turns }: Side, known: ReadonlyMap<string, string>): Map<string, ComparedTurn[]> {
  const examples = new Map<string, ComparedTurn[]>();
  for (const each of turns) {
    const name = each.conversation ?? known.get(turnKey(each.id, each.turn)) ?? each.id;
    const others = examples.get(name);
    if (others === undefined) examples.set(name, [each]);
    else others.push(each);
  }
  for (const each of examples.values())
    if (each.length > 1) each.sort((one, other) => (one.turn ?? 0) - (other.turn ?? 0));
  return examples;
}

const areSame = (some: readonly ComparedTurn[], others: readonly ComparedTurn[]): boolean =>
  some.length === others.length &&
  some.every(({ id, turn, input }, at) => {
    const other = others[at];
    return other !== undefined && id === other.id && turn === other.turn && input === other.input;
  });

const trialsOf = (turns: readonly ComparedTurn[]): number =>
  turns.reduce((most, { trials }) => Math.max(most, trials.length), 0);

const none: readonly number[] = [];
const ranOnce: readonly number[] = [1];
const failedOnce: readonly number[] = [0];

/** Of most examples there is one turn and one trial: these are many, and are told with little garbage. */
function onlyTrial(turns: readonly ComparedTurn[]): TrialFacts | null {
  const [first] = turns;
  return turns.length === 1 && first?.trials.length === 1 ? (first.trials[0] ?? null) : null;
}

const hasRun = (trial: TrialFacts | null | undefined): boolean =>
  trial?.outcome === 'success' || trial?.outcome === 'interrupted';

/** Did the trial of a conversation come to its end? What broke off is no shorter conversation. */
const ranWhole = (turns: readonly ComparedTurn[], trial: number): boolean =>
  turns.every(({ trials }) => hasRun(trials[trial]));

/**
 * An example's scores by one scorer, one for each trial that has one: a conversation's is the mean of its turns that
 * were scored. A trial in which a turn failed to run has none.
 * @param place Of the scorer among its side's.
 */
export function scoresOf(turns: readonly ComparedTurn[], place: number): readonly number[] {
  const only = onlyTrial(turns);
  if (only !== null) {
    const value = hasRun(only) ? (only.scores[place] ?? null) : null;
    return value === null ? none : [value];
  }
  const scores: number[] = [];
  for (let trial = 0; trial < trialsOf(turns); trial += 1) {
    if (!ranWhole(turns, trial)) continue;
    const values = turns.flatMap(({ trials }) => trials[trial]?.scores[place] ?? []);
    if (values.length > 0) scores.push(values.reduce((sum, value) => sum + value, 0) / values.length);
  }
  return scores;
}

/** 1 for each trial that ran to its end, or waits for a person; 0 where a turn of it failed. */
export function ranOf(turns: readonly ComparedTurn[]): readonly number[] {
  const only = onlyTrial(turns);
  if (only !== null) return only.outcome === 'error' ? failedOnce : ranOnce;
  const ran: number[] = [];
  for (let trial = 0; trial < trialsOf(turns); trial += 1) {
    const outcomes = turns.flatMap(({ trials }) => trials[trial]?.outcome ?? []);
    if (outcomes.length > 0) ran.push(outcomes.includes('error') ? 0 : 1);
  }
  return ran;
}

/** What each trial that succeeded took, over all its turns. */
export function amountsOf(
  turns: readonly ComparedTurn[],
  amount: (trial: { readonly latencyMs: number | null; readonly usage: Usage | null }) => number | null,
): readonly number[] {
  const only = onlyTrial(turns);
  if (only !== null) {
    const sum = only.outcome === 'success' ? amount(only) : null;
    return sum === null ? none : [sum];
  }
  const amounts: number[] = [];
  for (let trial = 0; trial < trialsOf(turns); trial += 1) {
    let sum: number | null = 0;
    for (const { trials } of turns) {
      const facts = trials[trial];
      const more: number | null = facts?.outcome === 'success' ? amount(facts) : null;
      sum = sum === null || more === null ? null : sum + more;
    }
    if (sum !== null) amounts.push(sum);
  }
  return amounts;
}
