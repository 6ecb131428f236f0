/** Every query of the dashboard, read by Prometheus' own grammar, asks for metrics and labels that there are. */

import { readFileSync } from 'node:fs';
import { parser } from '@prometheus-io/lezer-promql';
import { describe, expect, it } from 'vitest';
import { exposition } from '../../src/reports/exposition.ts';
import { renderMetrics } from '../../src/reports/metrics.ts';
import { readExposition } from '../support/exposition-reader.ts';
import { madeScheduleFamilies } from '../telemetry/made-schedule.ts';
import { madeSummary, madeTurns, tame } from './made-summary.ts';

interface Target {
  readonly expr: string;
  readonly legendFormat: string;
}

interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly targets: readonly Target[] }[];
  readonly templating: { readonly list: readonly { readonly type: string; readonly query: string }[] };
}

interface Asked {
  readonly metrics: string[];
  readonly labels: string[];
}

const dashboard = JSON.parse(
  readFileSync(new URL('../../docs/guide/grafana.json', import.meta.url), 'utf8'),
) as Dashboard;

/** @throws Error where it is no PromQL. */
function askedBy(query: string): Asked {
  const asked: Asked = { metrics: [], labels: [] };
  const cursor = parser.parse(query).cursor();
  do {
    const text = query.slice(cursor.from, cursor.to);
    if (cursor.type.isError) throw new Error(`Expected PromQL, got ${query} at ${cursor.from}`);
    if (cursor.name === 'Identifier') asked.metrics.push(text);
    if (cursor.name === 'LabelName') asked.labels.push(text);
  } while (cursor.next());
  return asked;
}

/** `label_values(query, label)` is Grafana's own. */
function askedByVariable(query: string): Asked {
  const [, inner = '', label = ''] = /^label_values\((.+), (\w+)\)$/.exec(query) ?? [];
  const { metrics, labels } = askedBy(inner);
  return { metrics, labels: [...labels, label] };
}

/** By metric, the labels it has. */
function metricsThere(): Map<string, Set<string>> {
  const made = madeSummary(madeTurns(tame), tame);
  const told = { n: 400, p50: 1, p90: 2, p95: 3, p99: 4, max: 5 };
  const usage = { input_tokens: 1, output_tokens: 2, total_tokens: 3 };
  const summary = { ...made, latency_ms: told, ttft_ms: told, usage, cost: 0.1 };
  const families = readExposition(renderMetrics(summary) + exposition(madeScheduleFamilies()));
  return new Map(
    [...families].map(([name, { samples }]) => [
      name,
      new Set(samples.flatMap(({ labels }) => Object.keys(labels))),
    ]),
  );
}

const there = metricsThere();

/** Names that no metric has, or labels that none of the query's metrics has. */
const missing = ({ metrics, labels }: Asked): string[] => [
  ...metrics.filter((metric) => !there.has(metric)),
  ...labels.filter((label) => !metrics.some((metric) => there.get(metric)?.has(label))),
];

describe('the dashboard', () => {
  const targets = dashboard.panels.flatMap(({ title, targets }) =>
    targets.map((target) => ({ title, ...target })),
  );

  it.each(targets)('asks for what is there: $title: $expr', ({ expr, legendFormat }) => {
    const asked = askedBy(expr);
    const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);

    expect(asked.metrics).not.toEqual([]);
    expect(missing({ ...asked, labels: [...asked.labels, ...shown] })).toEqual([]);
  });

  it('has variables of what is there', () => {
    const queries = dashboard.templating.list.filter(({ type }) => type === 'query');

    expect(queries).toHaveLength(3);
    for (const { query } of queries) expect(missing(askedByVariable(query))).toEqual([]);
  });

  it('would be found out', () => {
    expect(missing(askedBy('sum by (planet) (threadmill_batch_turns)'))).toEqual(['planet']);
    expect(missing(askedBy('threadmill_batch_moons{dataset="x"}'))).toEqual([
      'threadmill_batch_moons',
      'dataset',
    ]);
    expect(() => askedBy('sum by (')).toThrow('Expected PromQL');
  });
});
