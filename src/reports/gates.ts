/** Whether a batch passes its gates. Pure. */

import { type AmountField, amountFields, compares, type Gate, type Metric, type Rate } from '../gate.ts';
import { nearest } from '../nearest.ts';
import type { Counts, Distribution, GateResult, RepeatFigures, ScoreFigures } from '../summary-types.ts';
import { fewestValues, type Total } from './distribution.ts';
import { formatCount, formatShare } from './figures.ts';

/** What gates are judged by. */
export interface GateFacts {
  readonly counts: Counts;
  readonly scores: readonly ScoreFigures[];
  readonly latency_ms: Distribution;
  readonly ttft_ms: Distribution;
  readonly wait_ms: Distribution;
  readonly totals: Readonly<Record<AmountField, Total>>;
}

/** What is known of a batch before it runs. */
export interface GateGround {
  /** The scorers' names. */
  readonly scorers: readonly string[];
  readonly repeat: number;
  readonly hasPrice: boolean;
  /** Planned; null: not known. */
  readonly turns: number | null;
}

/** What makes no sense of gates for this batch, a sentence each. */
export function gateFaults(gates: readonly Gate[], ground: GateGround): string[] {
  return gates.flatMap(({ text, metric }) => {
    const fault = faultOf(metric, ground);
    return fault === null ? [] : [`--gate ${JSON.stringify(text)}: ${fault}`];
  });
}

function faultOf(metric: Metric, { scorers, repeat, hasPrice, turns }: GateGround): string | null {
  if (metric.of === 'time' && turns !== null && turns < fewestValues[metric.by]) {
    return `needs ${fewestValues[metric.by]} answers at the least, and ${formatCount(turns)} turns are planned`;
  }
  const isField = metric.of === 'sum' || isFieldMean(metric, scorers);
  if (isField && metric.name === 'cost' && !hasPrice) return 'cost is known with --price only';
  if ((metric.of !== 'score' && metric.of !== 'repeats') || isField) return null;
  if (!scorers.includes(metric.name)) return unknownScorer(metric.name, scorers);
  if (metric.of === 'repeats' && (metric.k ?? repeat) > repeat) {
    return `asks for ${metric.k} trials of each example, and --repeat makes ${repeat}`;
  }
  return null;
}

function unknownScorer(name: string, scorers: readonly string[]): string {
  if (scorers.length === 0) return `no scorer runs: --scorer ${name}, or expectations in the dataset`;
  const near = nearest(name, scorers);
  const others = near === null ? `those that run are ${scorers.join(', ')}` : `did you mean ${near}?`;
  return `no scorer ${JSON.stringify(name)} runs: ${others}`;
}

const isFieldMean = (metric: Metric, scorers: readonly string[]): boolean =>
  metric.of === 'score' &&
  metric.by === 'mean' &&
  !scorers.includes(metric.name) &&
  (amountFields as readonly string[]).includes(metric.name);

/** Each gate with what it came to, in their order. What nothing tells does not hold. */
export const judgeGates = (gates: readonly Gate[], facts: GateFacts): GateResult[] =>
  gates.map((gate) => {
    const { value, because } = amountOf(gate.metric, facts);
    const { comparison, bound } = gate;
    const holds = value !== null && compares(value, comparison, bound);
    const seen =
      value === null ? `nothing to compare: ${because}` : `saw ${shownValue(value, gate)}${because}`;
    return {
      gate: gate.text,
      holds,
      value,
      sentence: `${gate.text} ${holds ? 'holds' : 'does not hold'}: ${seen}`,
    };
  });

interface Found {
  readonly value: number | null;
  /** Of a value what it rests on, else why there is none. */
  readonly because: string;
}

const none = (because: string): Found => ({ value: null, because });

function amountOf(metric: Metric, facts: GateFacts): Found {
  switch (metric.of) {
    case 'rate':
      return rate(metric.name, facts.counts);
    case 'sum': {
      const { n, sum } = facts.totals[metric.name];
      return n === 0 ? none(`no turn told its ${metric.name}`) : { value: sum, because: '' };
    }
    case 'time': {
      const { n, [metric.by]: value } = facts[metric.name];
      return value === null
        ? none(`${formatCount(n)} values are too few for ${metric.by}, ${fewestValues[metric.by]} the least`)
        : { value, because: '' };
    }
    case 'repeats':
      return ofRepeats(metric, facts.scores);
    case 'score':
      return ofScore(metric, facts);
  }
}

/** What an example expects its run to ask is no interrupt that anybody minds. */
function rate(name: Rate, { success, error, interrupted, interrupted_as_expected }: Counts): Found {
  const run = success + error + interrupted;
  const count = name === 'error_rate' ? error : interrupted - interrupted_as_expected;
  return run === 0
    ? none('no turn ran')
    : { value: count / run, because: ` (${count} of ${formatCount(run)})` };
}

function ofScore(metric: Metric & { of: 'score' }, { scores, totals }: GateFacts): Found {
  const figures = scores.find(({ name }) => name === metric.name);
  if (figures === undefined) {
    const total = totals[metric.name as AmountField];
    if (metric.by !== 'mean' || total === undefined) return none(`no scorer ${metric.name} ran`);
    return total.n === 0
      ? none(`no turn told its ${metric.name}`)
      : { value: total.sum / total.n, because: ` over ${formatCount(total.n)} turns` };
  }
  if (figures.mean === null) return none(`nothing was scored by ${metric.name}`);
  const because = ` over ${formatCount(figures.examples)} example${figures.examples === 1 ? '' : 's'}`;
  if (metric.by === 'mean') return { value: figures.mean, because };
  if (metric.by === 'min') return { value: figures.min, because };
  return figures.interval === null
    ? none(figures.caution ?? 'so few examples support no interval')
    : { value: figures.interval.low, because };
}

function ofRepeats(metric: Metric & { of: 'repeats' }, scores: readonly ScoreFigures[]): Found {
  const figures = scores.find(({ name }) => name === metric.name);
  if (figures === undefined || figures.mean === null) return none(`nothing was scored by ${metric.name}`);
  const repeats =
    figures.repeats.find(({ k }) => k === metric.k) ?? (metric.k === null ? figures.repeats.at(-1) : null);
  const share = repeats && shareOf(repeats, metric.by);
  if (!repeats || !share) return none(`no example has ${metric.k ?? 'enough'} scored trials`);
  if (repeats.left_out > 0) {
    const those =
      repeats.left_out === 1 ? 'one example has' : `${formatCount(repeats.left_out)} examples have`;
    return none(`${those} fewer than ${repeats.k} scored trials`);
  }
  return { value: share.mean, because: ` with k = ${repeats.k}` };
}

const shareOf = (repeats: RepeatFigures, by: 'pass^k' | 'pass@k') =>
  by === 'pass^k' ? repeats.pass_hat_k : repeats.pass_at_k;

/** As the bound was written. */
function shownValue(value: number, { isPercent }: Gate): string {
  if (isPercent) return formatShare(value, 1);
  return String(Number(value.toPrecision(6)));
}
