/** Several batches over the same examples as one side: each has its trials after the other's. */

import { type ComparedTurn, type Side, type TrialFacts, turnKey } from './side.ts';

export interface Pool {
  readonly side: Side;
  /** Where each side's trials begin, from 0, in the order given. */
  readonly offsets: readonly number[];
  /** Ids of turns that an older side asked otherwise than the newest: its trials of them are left out. */
  readonly inputsDiffer: readonly string[];
}

interface Growing extends Omit<ComparedTurn, 'trials' | 'conversation'> {
  conversation: string | null;
  trials: (TrialFacts | null)[];
}

/** Pools by turn. @param sides At least one, the newest first: it tells what is asked, and what the pool is called. */
export function poolSides(sides: readonly [Side, ...Side[]]): Pool {
  const [newest] = sides;
  const scorers = [...new Set(sides.flatMap((side) => side.scorers))];
  const turns = new Map<string, Growing>();
  const inputsDiffer = new Set<string>();
  const offsets: number[] = [];
  let offset = 0;
  for (const side of sides) {
    offsets.push(offset);
    const places = scorers.map((name) => side.scorers.indexOf(name));
    let most = 0;
    for (const { trials, ...turn } of side.turns) {
      most = Math.max(most, trials.length);
      const key = turnKey(turn.id, turn.turn);
      const known = turns.get(key) ?? { ...turn, trials: [] };
      turns.set(key, known);
      if (known.input !== turn.input) {
        inputsDiffer.add(turn.id);
        continue;
      }
      known.conversation ??= turn.conversation;
      // A conversation's turns keep step: a trial of it stands at the same place in each.
      while (known.trials.length < offset) known.trials.push(null);
      for (const trial of trials) known.trials.push(trial && scoredBy(trial, places));
    }
    offset += most;
  }
  const specs = Object.assign({}, ...sides.map(({ facts }) => facts.specs).toReversed());
  const facts = { ...newest.facts, specs };
  const side = { facts, scorers, columns: newest.columns, turns: [...turns.values()] };
  return { side, offsets, inputsDiffer: [...inputsDiffer] };
}

/** Its scores in the pool's order. @param places Of the pool's scorers among the trial's; −1: it has none. */
const scoredBy = (trial: TrialFacts, places: readonly number[]): TrialFacts => ({
  ...trial,
  scores: places.map((at) => trial.scores[at] ?? null),
});
