import { describe, expect, it } from 'vitest';
import { projection } from '../../src/reports/projection.ts';

const usage = { input_tokens: 2_000, output_tokens: 1_600, total_tokens: 3_600 };

describe('the projection', () => {
  it('tells time and tokens by what the first results took', () => {
    expect(projection({ done: 20, total: 1_200, elapsedMs: 12_000, usage })).toBe(
      'By the first 20: about 11m 48s for the 1,180 turns left; about 220,000 tokens in all',
    );
  });

  it('tells the cost too, where a price is known', () => {
    const price = { in: 3, out: 15 };

    expect(projection({ done: 20, total: 1_200, elapsedMs: 12_000, usage, price })).toBe(
      'By the first 20: about 11m 48s for the 1,180 turns left; about 220,000 tokens in all; a cost of about 1.80',
    );
  });

  it('says nothing of tokens where none were told', () => {
    expect(projection({ done: 20, total: 21, elapsedMs: 20_000, usage: null })).toBe(
      'By the first 20: about 1 s for the 1 turn left',
    );
  });

  it.each([
    [19, 1_200],
    [20, 20],
  ])('is none after %i of %i', (done, total) => {
    expect(projection({ done, total, elapsedMs: 12_000, usage })).toBeNull();
  });
});
