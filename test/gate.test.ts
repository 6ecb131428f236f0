import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compares, parseGate } from '../src/gate.ts';

const known = [
  'mean(exact) >= 0.9',
  'lower(exact)>=85%',
  'min(my-scorer) == 1',
  'pass^3(tools) > 0.8',
  'pass^k(tools) >= 80%',
  'pass@2(tools) >= .5',
  'error_rate <= 1%',
  'interrupted_rate == 0',
  'p95(latency_ms) < 20000',
  'sum(total_tokens) <= 5e5',
  'mean(total_tokens) <= 900',
  'cost <= 2',
];

describe('a gate', () => {
  it.for(known)('%s is one comparison', (text) => {
    expect(parseGate(text)).toMatchObject({ text });
  });

  it.for<readonly [string, string]>([
    ['mean(exact)', 'expected one comparison, as mean(exact) >= 0.9'],
    ['mean(exact) >= high', 'expected a number behind >=, such as 0.9, 90% or 20000, got "high"'],
    ['sum(total_tokens) < 5k', 'expected a number behind <, such as 0.9, 90% or 20000, got "5k"'],
    ['0.5 < mean(exact) < 0.9', 'expected a metric such as mean(exact)'],
    ['meen(exact) >= 0.9', 'did you mean mean?'],
    ['error_rates <= 0', 'did you mean error_rate?'],
    ['p97(latency_ms) < 100', '"p97" is unknown: did you mean p9'],
    ['p95(latency) < 100', 'did you mean latency_ms?'],
    ['sum(tokens) < 100', '"tokens" is unknown'],
    ['pass^0(tools) > 0.5', 'expected k from 1'],
    ['cost <= 5%', 'cost is no share: a bound without %'],
    ['mean(exact) >= 1.5', 'can never hold'],
    ['mean(exact) > 100%', 'can never hold'],
    ['error_rate < 0', 'can never hold'],
    ['error_rate <= -1', 'can never hold'],
    ['mean(exact) >= 0', 'always holds'],
    ['error_rate <= 100%', 'always holds'],
    ['cost > -1', 'always holds'],
  ])('%s is refused: %s', ([text, told]) => {
    const gate = parseGate(text);

    expect(typeof gate === 'string' ? gate : 'a gate').toContain(told);
  });

  it('holds as its sign says', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (value, bound) => {
        expect(compares(value, '>=', bound)).toBe(!compares(value, '<', bound));
        expect(compares(value, '<=', bound)).toBe(!compares(value, '>', bound));
        expect(compares(value, '==', bound)).toBe(
          compares(value, '>=', bound) && compares(value, '<=', bound),
        );
      }),
    );
  });

  it('is a gate or a sentence, whatever is written', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const gate = parseGate(text);

        expect(typeof gate === 'string' ? gate.length > 0 : Number.isFinite(gate.bound)).toBe(true);
      }),
    );
  });
});
