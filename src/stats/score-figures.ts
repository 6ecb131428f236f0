/** Scores of a batch added up by scorer, example by example: flat in memory, however many there are. */

import { expectsNothing } from '../expectation.ts';
import type { RepeatFigures, ScoreFigures, Steadiness as SteadinessFigures } from '../summary-types.ts';
import type { JobRecord, ScorerFacts } from '../types.ts';
import { ConsistencyEstimator, type Steadiness, steadiness } from './consistency.ts';
import { estimateDefaults, MeanEstimator } from './estimate.ts';
import { mean } from './moments.ts';
import type { ScoredExample } from './scored.ts';

export interface FigureOptions {
  /** Trials of each example. */
  readonly repeat: number;
  /** Of pass@k and pass^k beside `repeat`, each at most that. */
  readonly ks?: readonly number[] | undefined;
  /** Which examples are alike. Default: turns of one conversation. */
  readonly clusterOf?: ((record: JobRecord) => string | undefined) | undefined;
}

/** Is told all records of an example that count, in order of trial and turn; each example once. */
export class ScoreTable {
  private readonly rows: readonly ScorerRow[];
  private readonly clusterOf: (record: JobRecord) => string | undefined;

  constructor(scorers: readonly ScorerFacts[], options: FigureOptions) {
    this.rows = scorers.map((scorer) => new ScorerRow(scorer, options));
    this.clusterOf = options.clusterOf ?? conversationOf;
  }

  /** Are there no scorers? */
  get isEmpty(): boolean {
    return this.rows.length === 0;
  }

  add(records: readonly JobRecord[]): void {
    const [first] = records;
    if (first === undefined || this.isEmpty) return;
    const cluster = this.clusterOf(first);
    for (const row of this.rows) row.add(records, cluster);
  }

  /** In the scorers' order. */
  figures(): ScoreFigures[] {
    return this.rows.map((row) => row.figures());
  }
}

/** Turns of one conversation, in rows of their own, are on one thread. */
const conversationOf = ({ turn, thread_id }: JobRecord): string | undefined =>
  turn === null || thread_id === null ? undefined : thread_id;

const mostIds = 10;
const failedOnce = [0];

class ScorerRow {
  private readonly scorer: ScorerFacts;
  private readonly scores = new MeanEstimator();
  private readonly withFailures = new MeanEstimator();
  private readonly repeats: readonly (readonly [k: number, estimator: ConsistencyEstimator])[];
  private readonly counts = { scored: 0, not_scored: 0, failed: 0, interrupted: 0 };
  private readonly steadiness: Record<Steadiness, { count: number; ids: string[] }> = {
    passed: { count: 0, ids: [] },
    flaky: { count: 0, ids: [] },
    failed: { count: 0, ids: [] },
  };
  private readonly isRepeated: boolean;
  private min: number | null = null;

  constructor(scorer: ScorerFacts, { repeat, ks = [] }: FigureOptions) {
    this.scorer = scorer;
    this.isRepeated = repeat > 1;
    const all = repeat > 1 ? [...new Set([...ks, repeat])].sort((one, other) => one - other) : ks;
    this.repeats = all.map((k) => [k, new ConsistencyEstimator({ ...estimateDefaults, k })]);
  }

  add(records: readonly JobRecord[], cluster: string | undefined): void {
    const [only] = records;
    if (records.length === 1 && only !== undefined) {
      this.addSingle(only, cluster);
      return;
    }
    const scores: number[] = [];
    const withFailures: number[] = [];
    for (const turns of trialsOf(records)) {
      const told = turns.map((turn) => this.toldOf(turn));
      const scored = told.filter((value) => typeof value === 'number');
      const counted = told.flatMap((value) =>
        value === 'failed' ? [0] : typeof value === 'number' ? [value] : [],
      );
      // A conversation's score is its turns' mean.
      if (scored.length > 0) scores.push(mean(scored));
      if (counted.length > 0) withFailures.push(mean(counted));
    }
    this.addExample({ scores, cluster }, records[0]?.id ?? '');
    this.withFailures.add({ scores: withFailures, cluster });
  }

  /** Of most batches each example is one turn: the same, with nothing made on the way. */
  private addSingle(record: JobRecord, cluster: string | undefined): void {
    const told = this.toldOf(record);
    const score = told === null || told === 'failed' ? [] : [told];
    this.addExample({ scores: score, cluster }, record.id);
    this.withFailures.add(told === 'failed' ? { scores: failedOnce, cluster } : { scores: score, cluster });
  }

  private addExample(example: ScoredExample, id: string): void {
    const { scores } = example;
    this.scores.add(example);
    if (scores.length === 0) return;
    const value = mean(scores);
    this.min = this.min === null ? value : Math.min(this.min, value);
    for (const [, estimator] of this.repeats) estimator.add(example);
    const how = scores.length > 1 ? steadiness(scores) : null;
    if (how === null) return;
    const { ids } = this.steadiness[how];
    this.steadiness[how].count += 1;
    if (ids.length < mostIds) ids.push(id);
  }

  /** Its score, `failed` where it is to count as 0, or null where it tells nothing. */
  private toldOf(record: JobRecord): number | 'failed' | null {
    const { outcome, scores } = record;
    const value = scores[this.scorer.name]?.value ?? null;
    if (value !== null) {
      this.counts.scored += 1;
      return value;
    }
    if (outcome === 'success') this.counts.not_scored += 1;
    if (outcome === 'interrupted') this.counts.interrupted += 1;
    const isFailed = outcome === 'error' || record.failure?.code === 'EARLIER_TURN';
    if (!isFailed || (this.scorer.needs_expected && expectsNothing(record))) return null;
    this.counts.failed += 1;
    return 'failed';
  }

  figures(): ScoreFigures {
    const estimate = this.scores.estimate();
    const withFailures = this.withFailures.estimate();
    return {
      name: this.scorer.name,
      ...this.counts,
      examples: estimate?.examples ?? 0,
      mean: estimate?.mean ?? null,
      min: this.min,
      interval: estimate?.interval ?? null,
      caution: estimate?.caution ?? null,
      mean_errors_as_fail: withFailures?.mean ?? null,
      interval_errors_as_fail: withFailures?.interval ?? null,
      repeats: this.repeats.map(([k, estimator]) => repeatFigures(k, estimator)),
      steadiness: this.isRepeated ? this.steadinessFigures() : null,
    };
  }

  private steadinessFigures(): SteadinessFigures {
    const { passed, flaky, failed } = this.steadiness;
    return {
      steady: passed.count,
      flaky: flaky.count,
      broken: failed.count,
      flaky_ids: flaky.ids,
      broken_ids: failed.ids,
    };
  }
}

function repeatFigures(k: number, estimator: ConsistencyEstimator): RepeatFigures {
  const estimate = estimator.estimate();
  return {
    k,
    pass_at_k: estimate?.passAtK ?? null,
    pass_hat_k: estimate?.passHatK ?? null,
    left_out: estimate?.leftOut ?? 0,
  };
}

/** Records come by trial. */
function* trialsOf(records: readonly JobRecord[]): Generator<readonly JobRecord[]> {
  let from = 0;
  for (let at = 1; at <= records.length; at += 1) {
    if (at < records.length && records[at]?.trial === records[from]?.trial) continue;
    yield records.slice(from, at);
    from = at;
  }
}
