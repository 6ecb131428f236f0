import { describe, expect, it } from 'vitest';
import { nearest } from '../src/nearest.ts';

describe('nearest', () => {
  it.each([
    ['promt', ['text', 'prompt'], 'prompt'],
    ['titel', ['title'], 'title'],
    [' PROMPT ', ['prompt'], 'prompt'],
    ['concurency', ['currency', 'concurrency'], 'concurrency'],
    ['rate', ['retries', 'rates', 'date'], 'rates'],
    ['prompt', ['retries', 'timeout'], null],
    ['ab', ['xyz', 'cd'], null],
    ['prompt', [], null],
  ])('of %j among %j is %j', (name, candidates, expected) => {
    expect(nearest(name, candidates)).toBe(expected);
  });
});
