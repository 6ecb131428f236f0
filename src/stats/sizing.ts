/** How many examples and trials a question needs, by what one run tells of its scores. */

import type { Sizing } from '../comparison-types.ts';
import { fewestToGate, fewestToRuleOut } from './deciding.ts';
import { mean } from './moments.ts';
import {
  detectableDrop,
  examplesNeeded,
  powerOf,
  type Question,
  spreadBefore,
  trialsNeeded,
} from './power.ts';
import { exampleMeans, type ScoredExample } from './scored.ts';
import { varianceComponents } from './variance-components.ts';

const trialCounts = [1, 2, 3, 5, 10] as const;
/** More repeats than these nobody runs. */
const mostTrials = 100;

/** Null below two examples with a score. */
export function sizingOf(examples: readonly ScoredExample[], question: Question): Sizing | null {
  const means = exampleMeans(examples);
  const components = varianceComponents(examples);
  if (components === null) return null;
  const middle = mean(means.map((each) => each.mean));
  const spread = spreadBefore({ mean: middle, within: components.within }, question.drop);
  const least = Math.max(fewestToGate, fewestToRuleOut(question));
  const trials = means.reduce((sum, each) => sum + each.trials, 0) / means.length;
  const size = { examples: means.length, baseline: trials, candidate: trials };
  const doing = means.length < least ? null : trialsNeeded(spread, means.length, question);
  return {
    mean: middle,
    examples: means.length,
    trials,
    within: spread.withinBaseline,
    isAssumed: components.within === null,
    needed: trialCounts.map((count) => ({
      trials: count,
      examples: Math.max(least, examplesNeeded(spread, { baseline: count, candidate: count }, question)),
    })),
    asItIs: {
      power: powerOf(spread, size, question),
      smallestDrop: detectableDrop(spread, size, question),
      trials: doing !== null && doing <= mostTrials ? doing : null,
    },
  };
}
