/** How many examples and trials a question needs, by the normal approximation (Miller 2024, section 5). */

import { normalCdf, normalQuantile } from './normal.ts';

export interface Question {
  /** The smallest drop of the mean score that is to be found, above 0. */
  readonly drop: number;
  /** Two-sided: false alarms of a drop are half of it. */
  readonly alpha: number;
  /** How surely such a drop is to be found, 0..1. */
  readonly power: number;
}

export const questionDefaults = { alpha: 0.05, power: 0.8 } as const satisfies Omit<Question, 'drop'>;

/** What the difference of one example varies by; see `pairedComponents`. */
export interface Spread {
  readonly between: number;
  readonly withinBaseline: number;
  readonly withinCandidate: number;
}

/** Trials of each example in either run. */
export interface TrialsPerExample {
  readonly baseline: number;
  readonly candidate: number;
}

/** The variance of one example's difference: ω² + σ²_A/K_A + σ²_B/K_B. */
const varianceOf = ({ between, withinBaseline, withinCandidate }: Spread, trials: TrialsPerExample) =>
  between + withinBaseline / trials.baseline + withinCandidate / trials.candidate;

/** (z_{α/2} + z_β)², which the variance over the squared drop is multiplied by. */
const factorOf = ({ alpha, power }: Question) => (normalQuantile(1 - alpha / 2) + normalQuantile(power)) ** 2;

/** Examples with which such a drop is found as surely as asked, to the nearest whole one. */
export function examplesNeeded(spread: Spread, trials: TrialsPerExample, question: Question): number {
  return Math.max(2, Math.round((factorOf(question) * varianceOf(spread, trials)) / question.drop ** 2));
}

/** Trials of each example, alike in both runs, with which so many examples suffice; null where no number does. */
export function trialsNeeded(spread: Spread, examples: number, question: Question): number | null {
  const room = (examples * question.drop ** 2) / factorOf(question) - spread.between;
  const within = spread.withinBaseline + spread.withinCandidate;
  if (room <= 0) return null;
  return Math.max(1, Math.ceil(within / room - 1e-9));
}

/** How surely so many examples find such a drop, 0..1. */
export function powerOf(
  spread: Spread,
  size: TrialsPerExample & { readonly examples: number },
  question: Question,
): number {
  const standardError = Math.sqrt(varianceOf(spread, size) / size.examples);
  if (standardError === 0) return 1;
  return normalCdf(question.drop / standardError - normalQuantile(1 - question.alpha / 2));
}

/** The smallest drop that so many examples find as surely as asked. */
export function detectableDrop(
  spread: Spread,
  size: TrialsPerExample & { readonly examples: number },
  question: Omit<Question, 'drop'>,
): number {
  return Math.sqrt((factorOf({ ...question, drop: 1 }) * varianceOf(spread, size)) / size.examples);
}

/**
 * What is known of the spread before a second run: the drop comes from as large a share of examples that turn from good
 * to bad, and trials are as noisy as in the first run.
 *
 * @param within See `varianceComponents`. Null, without repeats: all of p(1 − p) may be noise.
 */
export function spreadBefore(
  run: { readonly mean: number; readonly within: number | null },
  drop: number,
): Spread {
  const within = run.within ?? run.mean * (1 - run.mean);
  return { between: drop * (1 - drop), withinBaseline: within, withinCandidate: within };
}
