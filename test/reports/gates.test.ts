import { describe, expect, it } from 'vitest';
import { type Gate, parseGate } from '../../src/gate.ts';
import { createSummary } from '../../src/reports/summary.ts';
import type { ScoreFigures } from '../../src/summary-types.ts';
import type { JobRecord } from '../../src/types.ts';
import { madeBatch, madeRecord, madeTrouble } from './made-records.ts';

function gate(text: string): Gate {
  const parsed = parseGate(text);
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
}

const usage = { input_tokens: 1_000, output_tokens: 200, total_tokens: 1_200 };
const figures: ScoreFigures = {
  name: 'exact',
  scored: 40,
  not_scored: 0,
  failed: 0,
  interrupted: 0,
  examples: 40,
  mean: 0.9,
  min: 0.5,
  interval: { low: 0.8, high: 0.95 },
  caution: null,
  mean_errors_as_fail: 0.9,
  interval_errors_as_fail: null,
  repeats: [
    {
      k: 2,
      pass_at_k: { mean: 0.95, interval: null },
      pass_hat_k: { mean: 0.8, interval: null },
      left_out: 0,
    },
    {
      k: 3,
      pass_at_k: { mean: 0.97, interval: null },
      pass_hat_k: { mean: 0.7, interval: null },
      left_out: 1,
    },
  ],
  steadiness: null,
};

function ended(gates: readonly string[], { scores = [figures], records = [] as JobRecord[] } = {}) {
  const builder = createSummary();
  const all = [...records, ...Array.from({ length: 99 }, () => madeRecord({ usage, latency_ms: 100 }))];
  for (const record of all) builder.add(record);
  return builder.summarise({
    batch: madeBatch(),
    planned: all.length,
    stop: null,
    elapsedMs: 1,
    price: { in: 3, out: 15 },
    scores,
    gates: gates.map(gate),
  });
}

describe('gates', () => {
  it.for<readonly [string, boolean, string]>([
    ['mean(exact) >= 0.9', true, 'saw 0.9 over 40 examples'],
    ['mean(exact) > 90%', false, 'saw 90.0 %'],
    ['lower(exact) >= 0.85', false, 'saw 0.8'],
    ['min(exact) > 0.4', true, 'saw 0.5'],
    ['pass^2(exact) >= 0.8', true, 'saw 0.8 with k = 2'],
    ['pass@2(exact) == 0.95', true, 'saw 0.95'],
    ['pass^3(exact) >= 0.5', false, 'nothing to compare: one example has fewer than 3 scored trials'],
    ['error_rate <= 1%', true, 'saw 0 % (0 of 99)'],
    ['p95(latency_ms) < 150', true, 'saw 100'],
    ['p99(latency_ms) < 150', false, 'nothing to compare: 99 values are too few for p99, 299 the least'],
    ['p50(ttft_ms) < 150', false, 'nothing to compare'],
    ['sum(total_tokens) <= 118800', true, 'saw 118800'],
    ['mean(latency_ms) <= 100', true, 'saw 100 over 99 turns'],
    ['cost <= 0.5', false, 'saw 0.594'],
  ])('%s: %s', ([text, holds, told]) => {
    const { gates, verdict } = ended([text]);

    expect(gates[0]).toMatchObject({ gate: text, holds });
    expect(gates[0]?.sentence).toContain(told);
    expect(verdict).toMatchObject(
      holds ? { verdict: 'OK', exit_code: 0 } : { verdict: 'FAILED', exit_code: 1 },
    );
  });

  it('do not hold where nothing was scored', () => {
    const none = { ...figures, mean: null, interval: null, repeats: [] };

    const { gates } = ended(['mean(exact) >= 0.1', 'lower(exact) >= 0.1', 'pass^2(exact) >= 0.1'], {
      scores: [none],
    });

    expect(gates.map(({ holds, value }) => [holds, value])).toEqual(Array(3).fill([false, null]));
  });

  it('on a rate decide instead of the single turn', () => {
    const records = [madeTrouble('error', 'e1')];

    expect(ended([], { records }).verdict).toMatchObject({ verdict: 'FAILED', exit_code: 1 });
    expect(ended(['mean(exact) >= 0.5'], { records }).verdict).toMatchObject({
      verdict: 'FAILED',
      exit_code: 1,
    });
    expect(ended(['error_rate <= 1%'], { records }).verdict).toMatchObject({ verdict: 'OK', exit_code: 0 });
    expect(ended(['error_rate < 1%'], { records }).verdict).toMatchObject({
      verdict: 'FAILED',
      exit_code: 1,
    });
  });
});
