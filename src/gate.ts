/**
 * Gates as people write them: `mean(exact) >= 0.9`, `lower(exact) >= 85%`, `pass^3(tools) > 0.8`, `error_rate <= 1%`,
 * `p95(latency_ms) < 20000`, `sum(total_tokens) <= 500000`, `cost <= 2`. One comparison each. Pure.
 */

import { nearest } from './nearest.ts';

/** Fields of a record that are amounts. */
export const amountFields = [
  'latency_ms',
  'ttft_ms',
  'wait_ms',
  'input_tokens',
  'output_tokens',
  'total_tokens',
  'cost',
] as const;
export type AmountField = (typeof amountFields)[number];
/** Those of them whose percentiles are known. */
export const timeFields = ['latency_ms', 'ttft_ms', 'wait_ms'] as const;
export type TimeField = (typeof timeFields)[number];
export const percentiles = ['p50', 'p90', 'p95', 'p99'] as const;
export type Percentile = (typeof percentiles)[number];
export const rates = ['error_rate', 'interrupted_rate'] as const;
export type Rate = (typeof rates)[number];
/** Of a scorer's scores, each example counting the same. `lower`: the lower bound of the mean's 95 % interval. */
export const scoreFunctions = ['mean', 'lower', 'min'] as const;
export type ScoreFunction = (typeof scoreFunctions)[number];

/** What is compared. `name` of a score may be an amount's field too, where no scorer has that name. */
export type Metric =
  | { readonly of: 'score'; readonly by: ScoreFunction; readonly name: string }
  /** `k`: trials; null: as many as there are of each example. */
  | {
      readonly of: 'repeats';
      readonly by: 'pass^k' | 'pass@k';
      readonly k: number | null;
      readonly name: string;
    }
  | { readonly of: 'rate'; readonly name: Rate }
  | { readonly of: 'time'; readonly by: Percentile; readonly name: TimeField }
  | { readonly of: 'sum'; readonly name: AmountField };

export const comparisons = ['>=', '<=', '==', '>', '<'] as const;
export type GateComparison = (typeof comparisons)[number];

export interface Gate {
  /** As it was written. */
  readonly text: string;
  readonly metric: Metric;
  readonly comparison: GateComparison;
  readonly bound: number;
  /** Was the bound a share of a hundred? */
  readonly isPercent: boolean;
}

const shape = /^(.+?)\s*(>=|<=|==|=|>|<)\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)\s*(%?)$/i;

/** The gate, or what is wrong with the text. */
export function parseGate(text: string): Gate | string {
  const parts = shape.exec(text.trim());
  if (parts === null) return shapeFault(text.trim());
  const [, left = '', sign = '', number = '', percent = ''] = parts;
  const metric = parseMetric(left.trim());
  if (typeof metric === 'string') return metric;
  const isPercent = percent !== '';
  if (isPercent && !isShare(metric)) return `${left.trim()} is no share: a bound without %`;
  const gate: Gate = {
    text: text.trim(),
    metric,
    comparison: sign === '=' ? '==' : (sign as GateComparison),
    bound: isPercent ? Number(number) / 100 : Number(number),
    isPercent,
  };
  return impossible(gate) ?? gate;
}

function shapeFault(text: string): string {
  const [, sign, bound = ''] = /^[^<>=]+(>=|<=|==|=|>|<)\s*([^<>=\s]+)$/.exec(text) ?? [];
  if (sign === undefined) return 'expected one comparison, as mean(exact) >= 0.9';
  return `expected a number behind ${sign}, such as 0.9, 90% or 20000, got ${JSON.stringify(bound)}`;
}

const call = /^([a-z]+\d*)(?:([\^@])(k|\d+))?\(\s*([^()]+?)\s*\)$/i;
const functions = [...scoreFunctions, 'sum', ...percentiles, 'pass^k', 'pass@k'];

function parseMetric(text: string): Metric | string {
  const parts = call.exec(text);
  if (parts === null) return parseName(text);
  const [, by = '', sign, k = 'k', name = ''] = parts;
  if (sign !== undefined) return by === 'pass' ? repeats(sign, k, name) : unknown(`${by}${sign}k`, functions);
  if (isOneOf(by, scoreFunctions)) return { of: 'score', by, name };
  if (by === 'sum') return isOneOf(name, amountFields) ? { of: 'sum', name } : unknown(name, amountFields);
  if (isOneOf(by, percentiles)) {
    return isOneOf(name, timeFields) ? { of: 'time', by, name } : unknown(name, timeFields);
  }
  return unknown(by, functions);
}

function repeats(sign: string, k: string, name: string): Metric | string {
  const trials = k.toLowerCase() === 'k' ? null : Number(k);
  if (trials === 0) return `pass${sign}${k}: expected k from 1`;
  return { of: 'repeats', by: sign === '^' ? 'pass^k' : 'pass@k', k: trials, name };
}

function parseName(text: string): Metric | string {
  if (isOneOf(text, rates)) return { of: 'rate', name: text };
  if (text === 'cost') return { of: 'sum', name: 'cost' };
  if (/^[\w-]+$/.test(text)) return unknown(text, [...rates, 'cost', ...functions]);
  return `expected a metric such as mean(exact), error_rate or p95(latency_ms), got ${JSON.stringify(text)}`;
}

function unknown(name: string, known: readonly string[]): string {
  const near = nearest(name, known) ?? known.find((one) => one.startsWith(name)) ?? null;
  const hint = near === null ? `expected one of ${known.join(', ')}` : `did you mean ${near}?`;
  return `${JSON.stringify(name)} is unknown: ${hint}`;
}

const isOneOf = <const T extends string>(text: string, all: readonly T[]): text is T =>
  (all as readonly string[]).includes(text);

/** From 0 to 1, whatever the agent does? */
export const isShare = ({ of, name }: Metric): boolean =>
  of === 'rate' || of === 'repeats' || (of === 'score' && !isOneOf(name, amountFields));

/** What can never hold, or holds whatever the agent does, is a slip. */
function impossible({ metric, comparison, bound, isPercent }: Gate): string | null {
  const most = isShare(metric) ? 1 : Number.POSITIVE_INFINITY;
  const shown = isPercent ? `${bound * 100} %` : String(bound);
  const of = most === 1 ? 'a share, from 0 to 1 (or 0 % to 100 %)' : 'an amount, from 0';
  const never =
    (comparison === '>=' && bound > most) ||
    (comparison === '>' && bound >= most) ||
    (comparison === '<=' && bound < 0) ||
    (comparison === '<' && bound <= 0) ||
    (comparison === '==' && (bound < 0 || bound > most));
  if (never) return `can never hold: ${comparison} ${shown} of ${of}`;
  const always =
    (comparison === '>=' && bound <= 0) ||
    (comparison === '>' && bound < 0) ||
    (comparison === '<=' && bound >= most) ||
    (comparison === '<' && bound > most);
  return always ? `always holds: ${comparison} ${shown} of ${of}` : null;
}

export function compares(value: number, comparison: GateComparison, bound: number): boolean {
  switch (comparison) {
    case '>=':
      return value >= bound;
    case '<=':
      return value <= bound;
    case '==':
      return value === bound;
    case '>':
      return value > bound;
    case '<':
      return value < bound;
  }
}
