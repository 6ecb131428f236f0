import { describe, expect, it } from 'vitest';
import { createScorers } from '../../src/scorers/index.ts';
import type { JobRecord } from '../../src/types.ts';
import { madeScorer, scoreOf } from './made-score.ts';

const usage = { input_tokens: 1_000, output_tokens: 200, total_tokens: 1_200 };
const said = (content: string) => ({ type: 'ai', content });
const asked = { type: 'human', content: 'And now?' };

describe('scorers of amounts', () => {
  it.for<readonly [scorer: string, fields: Partial<JobRecord>, value: number | null]>([
    ['latency:1s', { latency_ms: 1_000 }, 1],
    ['latency:1s', { latency_ms: 1_000.1 }, 0],
    ['latency:1s', { latency_ms: null }, null],
    ['tokens:1200', { usage }, 1],
    ['tokens:1k', { usage }, 0],
    ['tokens:1k', { usage: null }, null],
    ['cost:0.006', { usage }, 1], // 1,000 × 3 + 200 × 15, of a million
    ['cost:0.0059', { usage }, 0],
    ['cost:1', { usage: null }, null],
    ['steps:2', { messages: [asked, said('a'), { role: 'assistant', content: 'b' }] }, 1],
    ['steps:1', { messages: [asked, said('a'), said('b')] }, 0],
    ['steps:1', { input: [said('before'), asked], messages: [said('before'), asked, said('b')] }, 1],
    ['steps:1', { input: { messages: [said('before')] }, messages: [said('before'), said('b')] }, 1],
    ['steps:1', { messages: [] }, null],
  ])('%s of %j: %j', ([scorer, fields, value]) => {
    expect(scoreOf(scorer, null, 'x', fields).value).toBe(value);
  });

  it.for<readonly [string, Partial<JobRecord>, string]>([
    ['latency:1s', { latency_ms: 2_345.67 }, 'expected at most 1000 ms, saw 2345.7 ms'],
    ['tokens:1k', { usage }, 'expected at most 1000 tokens, saw 1200 tokens'],
    ['cost:0.005', { usage }, 'expected at most 0.005, saw 0.006'],
    ['tokens:1k', { usage: null }, 'the agent told no tokens'],
  ])('%s says why', ([scorer, fields, reason]) => {
    expect(scoreOf(scorer, null, 'x', fields).reason).toBe(reason);
  });

  it.for(['latency', 'latency:5', 'tokens', 'tokens:-1', 'tokens:1.5', 'cost', 'cost:x', 'steps', 'steps:0'])(
    'refuses %s',
    (text) => {
      expect(() => madeScorer(text)).toThrow(/expected .* behind the colon, got/);
    },
  );

  it('names every fault of cost at once', async () => {
    await expect(createScorers(['cost'], { price: null })).rejects.toThrow(
      /behind the colon.*\n.*expected --price/,
    );
  });
});
