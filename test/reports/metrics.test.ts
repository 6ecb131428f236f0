import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderMetrics } from '../../src/reports/metrics.ts';
import { createSummary } from '../../src/reports/summary.ts';
import { readExposition, sampleValue } from '../support/exposition-reader.ts';
import { madeBatch, madeRecord, madeTrouble } from './made-records.ts';
import { hostileText, inTurn, madeSummary, madeTurns, tame } from './made-summary.ts';

const readMade = (text = tame) => readExposition(renderMetrics(madeSummary(madeTurns(text), text)));

describe('metrics', () => {
  it('tell what the summary tells', () => {
    const summary = madeSummary(madeTurns(tame), tame);

    const read = readExposition(renderMetrics(summary));

    const value = (name: string, labels = {}) => sampleValue(read, `threadmill_batch_${name}`, labels);
    expect(value('verdict', { verdict: 'FAILED' })).toBe(1);
    expect(value('verdict', { verdict: 'OK' })).toBe(0);
    expect(value('exit_code')).toBe(summary.verdict.exit_code);
    expect(value('finished')).toBe(0);
    expect(value('started_timestamp_seconds')).toBe(Date.parse(summary.batch.started_at) / 1_000);
    expect(value('duration_seconds')).toBe(61);
    expect(value('turns', { outcome: 'error' })).toBe(1);
    expect(value('turns', { outcome: 'not_yet' })).toBe(1);
    expect(value('failures', { kind: 'http' })).toBe(3);
    expect(value('latency_seconds', { percentile: '100' })).toBe(0.8124);
    expect(value('score', { scorer: 'tame' })).toBe(0.812_34);
    expect(value('score_low', { scorer: 'tame' })).toBe(0.7);
    expect(value('gate_holds', { gate: 'false tame' })).toBe(0);
    expect(value('difference', { scorer: 'tame' })).toBe(-0.1);
  });

  it('bear the names of dataset and agent, each of them', () => {
    const samples = [...readMade().values()].flatMap(({ samples }) => samples);

    expect(new Set(samples.map(({ labels }) => labels['dataset']))).toEqual(new Set(['datasets/tame.csv']));
    expect(new Set(samples.map(({ labels }) => labels['agent']))).toEqual(new Set(['tame']));
  });

  it('are as many after many batches and examples as after one: no label is an id', () => {
    const seriesOf = (count: number) => {
      const builder = createSummary();
      for (let n = 0; n < count; n += 1) {
        builder.add(madeRecord({ id: `good-${n}`, index: 2 * n }));
        builder.add(madeTrouble('error', `bad-${n}`, { code: `CODE_${n}` }));
      }
      const batch = madeBatch({ id: `batch-${count}`, directory: `results/${count}` });
      const summary = builder.summarise({ batch, planned: 2 * count, stop: null, elapsedMs: 1 });
      return [...readExposition(renderMetrics(summary)).values()]
        .flatMap(({ samples }) => samples)
        .map(({ name, labels }) => JSON.stringify([name, labels]));
    };

    expect(seriesOf(4_000)).toEqual(seriesOf(400));
  });

  it('are those that the guide tells', () => {
    const guide = readFileSync(new URL('../../docs/guide/telemetry.md', import.meta.url), 'utf8');
    const told = { n: 400, p50: 1, p90: 2, p95: 3, p99: 4, max: 5 };
    const usage = { input_tokens: 1, output_tokens: 2, total_tokens: 3 };
    const made = madeSummary(madeTurns(tame), tame);

    const read = readExposition(renderMetrics({ ...made, ttft_ms: told, usage, cost: 0.1 }));

    const described = [...guide.matchAll(/`(threadmill_batch_\w+)`/g)].map(([, name]) => name);
    expect(new Set(read.keys())).toEqual(new Set(described));
  });

  it('are read back whatever strangers wrote', () => {
    fc.assert(
      fc.property(fc.array(hostileText, { minLength: 1, maxLength: 40 }), (texts) => {
        expect(readMade(inTurn(texts)).size).toBe(readMade().size);
      }),
      { numRuns: 50 },
    );
  });

  it('leave out what is not known: a null is no 0', () => {
    const summary = createSummary().summarise({ batch: madeBatch(), planned: 0, stop: null, elapsedMs: 0 });

    const names = [...readExposition(renderMetrics(summary)).keys()];

    expect(names).not.toContain('threadmill_batch_tokens');
    expect(names).not.toContain('threadmill_batch_cost');
    expect(names).not.toContain('threadmill_batch_latency_seconds');
  });
});
