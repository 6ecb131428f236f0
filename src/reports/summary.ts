import type { Comparison } from '../comparison-types.ts';
import type { DriftFacts } from '../drift-types.ts';
import type { Gate } from '../gate.ts';
import { costOf, type Price } from '../price.ts';
import type {
  BatchFacts,
  BudgetFacts,
  ConcurrencyFacts,
  Counts,
  ScoreFigures,
  Stop,
  Summary,
} from '../summary-types.ts';
import type { JobRecord, Json, OutcomeName, Usage } from '../types.ts';
import { assertAddsUp } from './balance.ts';
import { createCauses } from './causes.ts';
import { createHistogram, type Total } from './distribution.ts';
import { judgeGates } from './gates.ts';
import { promptOf } from './prompt.ts';
import { shorten } from './shorten.ts';
import { verdictOf } from './verdict.ts';

/**
 * Records added up in constant memory, whatever their number and size.
 *
 * Each (id, trial, turn) is to be added once, by the record that counts: the caller leaves out those that a
 * higher revision replaces, for no sum can forget a maximum or a sample.
 */
export interface SummaryBuilder {
  /** Adds what an earlier start recorded. */
  replay(record: JobRecord): void;
  /** Adds a success that an earlier start recorded. To be used only once there are samples enough. */
  replayFigures(figures: Figures): void;
  /** Are there samples enough? Until then a success is needed whole. */
  readonly isSampled: boolean;
  /** Adds what this start recorded. */
  add(record: JobRecord): void;
  /** How the turns ended so far. */
  counts(planned: number): Counts;
  /** What this start alone brought so far. */
  sinceStart(): { readonly asked: number; readonly usage: Usage | null };
  /** @throws Error When the counts do not add up: a bug. */
  summarise(end: BatchEnd): Summary;
}

export interface BatchEnd {
  readonly batch: BatchFacts;
  /** Turns that are to have a record. */
  readonly planned: number;
  /** Turns that this start was to ask and did not. Default: those without a record. */
  readonly left?: number | undefined;
  readonly stop: Stop | null;
  /** Turns asked since this start. Default: those that were added. */
  readonly asked?: number | undefined;
  /** Since this start. */
  readonly elapsedMs: number;
  /** Default: nobody told one. */
  readonly price?: Price | null | undefined;
  /** Default: none. */
  readonly budget?: BudgetFacts | null | undefined;
  /** Default: it was a fixed number. */
  readonly concurrency?: ConcurrencyFacts | null | undefined;
  /** Default: nothing is scored. */
  readonly scores?: readonly ScoreFigures[] | undefined;
  /** Default: none. */
  readonly gates?: readonly Gate[] | undefined;
  /** Default: there is no baseline. */
  readonly comparison?: Comparison | null | undefined;
  /** Default: it is not watched from batch to batch. */
  readonly drift?: DriftFacts | null | undefined;
  /** Default: it passes. */
  readonly onInconclusive?: 'pass' | 'fail' | undefined;
  /** What a person is to know beside the figures. Default: nothing. */
  readonly notes?: readonly string[] | undefined;
}

/** Of a success all that is added up. */
export type Figures = Pick<JobRecord, 'latency_ms' | 'ttft_ms' | 'wait_ms' | 'usage'> & {
  readonly outcome: 'success';
};

type Sample = Summary['samples'][number];

const mostSamples = 3;

/** UTF-16 units kept of what others wrote. */
const longest = { id: 200, input: 2_000, response: 2_000 } as const;

export function createSummary(): SummaryBuilder {
  const ended: Record<OutcomeName, number> = { success: 0, error: 0, interrupted: 0, skipped: 0 };
  const causes = createCauses();
  const samples: Sample[] = [];
  const times = createTimes();
  let uncertain = 0;
  let interruptedAsExpected = 0;
  let asked = 0;
  let usage: Usage | null = null;
  let usagesTold = 0;
  let usageSinceStart: Usage | null = null;

  const addUsage = ({ usage: more }: Pick<JobRecord, 'usage'>) => {
    if (more === null) return;
    usagesTold += 1;
    usage = sumOf(usage, more);
  };
  const replay = (record: JobRecord) => {
    ended[record.outcome] += 1;
    if (record.outcome === 'success') {
      if (samples.length < mostSamples) samples.push(sampleOf(record));
    } else {
      causes.add(record);
    }
    if (record.outcome === 'error' && record.failure?.uncertain) uncertain += 1;
    if (record.outcome === 'interrupted' && record.interrupt_expected === true) interruptedAsExpected += 1;
    times.add(record);
    addUsage(record);
  };
  const counts = (planned: number) =>
    countsOf(planned, ended, { uncertain, interrupted_as_expected: interruptedAsExpected });

  return {
    replay,
    replayFigures(figures) {
      ended.success += 1;
      times.add(figures);
      addUsage(figures);
    },
    get isSampled() {
      return samples.length >= mostSamples;
    },
    add(record) {
      replay(record);
      if (isAsked(record)) asked += 1;
      usageSinceStart = sumOf(usageSinceStart, record.usage);
    },
    counts,
    sinceStart: () => ({ asked, usage: usageSinceStart }),
    summarise({
      batch,
      planned,
      left,
      stop,
      asked: askedSince = asked,
      elapsedMs,
      price = null,
      budget = null,
      concurrency = null,
      scores = [],
      gates: given = [],
      comparison = null,
      drift = null,
      onInconclusive = 'pass',
      notes = [],
    }) {
      const facts = {
        counts: counts(planned),
        asked: askedSince,
        elapsed_ms: elapsedMs,
        failures: causes.groups(),
      };
      assertAddsUp({ batch, stop, ...facts });
      const distributions = times.distributions();
      const cost = price === null || usage === null ? null : costOf(price, usage);
      const toldBy = (sum: number | null | undefined): Total => ({
        n: sum === null || sum === undefined ? 0 : usagesTold,
        sum: sum ?? 0,
      });
      const totals = {
        ...times.totals(),
        input_tokens: toldBy(usage?.input_tokens),
        output_tokens: toldBy(usage?.output_tokens),
        total_tokens: toldBy(usage?.total_tokens),
        cost: toldBy(cost),
      };
      const gates = judgeGates(given, { counts: facts.counts, scores, ...distributions, totals });
      const verdict = verdictOf({
        counts: facts.counts,
        left,
        stop,
        gates,
        gated: given,
        comparison,
        drift,
        onInconclusive,
      });
      return {
        format: 1,
        batch,
        verdict,
        stop,
        ...facts,
        ...distributions,
        usage,
        scores,
        gates,
        comparison,
        drift,
        cost,
        budget,
        concurrency,
        notes,
        samples: [...samples],
      };
    },
  };
}

function countsOf(
  planned: number,
  ended: Record<OutcomeName, number>,
  among: Pick<Counts, 'uncertain' | 'interrupted_as_expected'>,
): Counts {
  const not_yet = planned - ended.success - ended.error - ended.interrupted - ended.skipped;
  return { planned, ...ended, not_yet, ...among };
}

function createTimes() {
  const latency = createHistogram();
  const ttft = createHistogram();
  const wait = createHistogram();

  return {
    add({ outcome, latency_ms, ttft_ms, wait_ms }: Figures | JobRecord) {
      // How long a failure took says nothing of how long an answer takes: a refusal is quick, a timeout is a setting.
      const isAnswered = outcome === 'success' || outcome === 'interrupted';
      if (isAnswered && latency_ms !== null) latency.add(latency_ms);
      if (isAnswered && ttft_ms !== null) ttft.add(ttft_ms);
      if (wait_ms !== null) wait.add(wait_ms);
    },
    totals: () => ({ latency_ms: latency.total(), ttft_ms: ttft.total(), wait_ms: wait.total() }),
    distributions: () => ({
      latency_ms: latency.distribution(),
      ttft_ms: ttft.distribution(),
      wait_ms: wait.distribution(),
    }),
  };
}

/** What was left in flight is recorded by this start, but was asked by an earlier one. */
function isAsked({ outcome, failure }: JobRecord): boolean {
  return outcome !== 'skipped' && failure?.code !== 'LEFT_IN_FLIGHT';
}

function sampleOf({ id, turn, input, response }: JobRecord): Sample {
  return {
    id: shorten(id, longest.id),
    turn,
    input: shortenInput(input),
    response: response === null ? null : shorten(response, longest.response),
  };
}

/** Of a long input the start of its prompt is kept. */
function shortenInput(input: Json): Json {
  const isShort = JSON.stringify(input).length <= longest.input;
  return isShort ? input : shorten(promptOf(input), longest.input);
}

function sumOf(sum: Usage | null, more: Usage | null): Usage | null {
  if (sum === null || more === null) return sum ?? more;
  return {
    input_tokens: sum.input_tokens + more.input_tokens,
    output_tokens: sum.output_tokens + more.output_tokens,
    total_tokens: sum.total_tokens + more.total_tokens,
  };
}
