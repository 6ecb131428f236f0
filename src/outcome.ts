/** Outcomes, for whoever answers in an agent's place. Pure. */

import type { Failure, Outcome } from './types.ts';

const nothing: Omit<Outcome, 'outcome' | 'failure'> = {
  response: null,
  messages: [],
  tool_calls: [],
  interrupts: [],
  usage: null,
  output: null,
};

/** A success with this text, and what else the turn brought. */
export function answered(
  response: string,
  facts: Partial<Omit<Outcome, 'outcome' | 'failure' | 'response'>> = {},
): Outcome {
  return { ...nothing, ...facts, response, outcome: 'success', failure: null };
}

/** A turn that failed, with what came of its answer. */
export function failed(failure: Failure, facts: Partial<Omit<Outcome, 'outcome' | 'failure'>> = {}): Outcome {
  return { ...nothing, ...facts, outcome: 'error', failure };
}
