/**
 * The summary as Prometheus metrics, for node_exporter's textfile collector. All are gauges of the last start: what
 * adds up over batches the one who scrapes them knows. Labels are names that a person gave, never ids of examples or
 * batches, so that there are as many series after a year as after a night.
 */

import type { Family, Sample } from '../metric-types.ts';
import type { Distribution, Summary } from '../summary-types.ts';
import { exposition } from './exposition.ts';

const verdicts = ['OK', 'REGRESSED', 'INCONCLUSIVE', 'FAILED'] as const;

export function renderMetrics(summary: Summary): string {
  const { dataset, agent } = summary.batch;
  const batch = { dataset, agent: agent.name ?? agent.id };
  const families = [...endFamilies(summary), ...turnFamilies(summary), ...scoreFamilies(summary)];
  return exposition(
    families.map((family) => ({
      ...family,
      name: `threadmill_batch_${family.name}`,
      samples: family.samples.map(({ labels, value }) => ({ labels: { ...batch, ...labels }, value })),
    })),
  );
}

const gauge = (name: string, help: string, samples: readonly Sample[]): Family => ({
  name,
  type: 'gauge',
  help,
  samples,
});

const one = (value: number | null): readonly Sample[] => [{ labels: {}, value }];

function endFamilies({ batch, verdict, elapsed_ms, comparison }: Summary): Family[] {
  const compared = comparison?.scorers ?? [];
  return [
    gauge(
      'verdict',
      '1 for the verdict that the batch came to, 0 for the others.',
      verdicts.map((name) => ({ labels: { verdict: name }, value: Number(name === verdict.verdict) })),
    ),
    gauge('exit_code', 'The exit code: 0 is good.', one(verdict.exit_code)),
    gauge('finished', '1 once every turn has its record.', one(Number(batch.state === 'finished'))),
    gauge(
      'started_timestamp_seconds',
      'When the batch was begun, Unix time.',
      one(Date.parse(batch.started_at) / 1_000),
    ),
    gauge('duration_seconds', 'Wall time of the last start.', one(elapsed_ms / 1_000)),
    gauge(
      'difference',
      'The mean score less that of the baseline.',
      compared.map(({ name, difference }) => ({ labels: { scorer: name }, value: difference })),
    ),
  ];
}

function turnFamilies({ counts, failures, latency_ms, ttft_ms, wait_ms, usage, cost }: Summary): Family[] {
  const outcomes = ['success', 'error', 'interrupted', 'skipped', 'not_yet'] as const;
  return [
    gauge(
      'turns',
      'Turns by how they ended; not_yet: they have no record.',
      outcomes.map((outcome) => ({ labels: { outcome }, value: counts[outcome] })),
    ),
    gauge('turns_uncertain', 'Turns in error of which it is unknown how they ended.', one(counts.uncertain)),
    gauge('failures', 'Turns that did not end in success, by kind of failure.', byKind(failures)),
    gauge('latency_seconds', 'Latency of the answers, by percentile.', percentiles(latency_ms)),
    gauge('ttft_seconds', 'Time to the first token, by percentile; of streams.', percentiles(ttft_ms)),
    gauge('wait_seconds', 'From eligible to sent, by percentile.', percentiles(wait_ms)),
    gauge('tokens', 'Tokens that the answers told.', [
      { labels: { direction: 'input' }, value: usage?.input_tokens ?? null },
      { labels: { direction: 'output' }, value: usage?.output_tokens ?? null },
    ]),
    gauge('cost', 'What the answers cost, in the currency of --price.', one(cost)),
  ];
}

function byKind(failures: Summary['failures']): Sample[] {
  const kinds = new Map<string, number>();
  for (const { kind, count } of failures) kinds.set(kind, (kinds.get(kind) ?? 0) + count);
  return [...kinds].map(([kind, value]) => ({ labels: { kind }, value }));
}

function percentiles({ p50, p90, p95, p99, max }: Distribution): Sample[] {
  const values = { 50: p50, 90: p90, 95: p95, 99: p99, 100: max };
  return Object.entries(values).map(([percentile, ms]) => ({
    labels: { percentile },
    value: ms === null ? null : ms / 1_000,
  }));
}

function scoreFamilies({ scores, gates }: Summary): Family[] {
  const by = (pick: (figures: Summary['scores'][number]) => number | null): Sample[] =>
    scores.map((figures) => ({ labels: { scorer: figures.name }, value: pick(figures) }));
  return [
    gauge(
      'score',
      'Mean score by example, 0 to 1.',
      by(({ mean }) => mean),
    ),
    gauge(
      'score_low',
      'Lower end of its 95 % interval.',
      by(({ interval }) => interval?.low ?? null),
    ),
    gauge(
      'score_high',
      'Upper end of its 95 % interval.',
      by(({ interval }) => interval?.high ?? null),
    ),
    gauge(
      'turns_scored',
      'Turns with a score.',
      by(({ scored }) => scored),
    ),
    gauge(
      'gate_holds',
      '1 where the gate holds, 0 where it does not.',
      gates.map(({ gate, holds }) => ({ labels: { gate }, value: Number(holds) })),
    ),
  ];
}
