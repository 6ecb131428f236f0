import { describe, expect, it } from 'vitest';
import { boundedRegex } from '../../src/scorers/bounded-regex.ts';
import { mostSteps } from '../../src/scorers/regex-paths.ts';
import { mostTimeouts } from '../../src/time-limit.ts';
import type { Json } from '../../src/types.ts';
import { madeScorer, scoreOf } from './made-score.ts';

const catastrophic = ['(a+)+$', '(a|aa)+$', '(?:a|a)*$', '(.*)*x', '(a*)*\\1$', 'a*'.repeat(12).concat('$')];

describe('regex', () => {
  it.for<readonly [scorer: string, expected: Json, answer: string, value: number | null]>([
    ['regex', '\\d{4}', 'in 2024', 1],
    ['regex', '^\\d{4}$', 'in 2024', 0],
    ['regex', '/PARIS/i', 'paris', 1],
    ['regex', '/usr/bin', 'in /usr/bin', 1], // no flags: part of the expression
    ['regex', '(', 'x', null],
    ['regex', ['a'], 'a', null],
    ['regex:^yes', null, 'yes', 1],
    ['regex:/^YES$/im', null, 'well\nyes', 1],
    ['regex:/a/g', null, 'a', 1],
    ['regex:a:b', null, 'a:b', 1],
  ])('%s: expected %j, saw %j: %j', ([scorer, expected, answer, value]) => {
    expect(scoreOf(scorer, expected, answer).value).toBe(value);
  });

  it('says what is wrong with an expression, before anything is asked', () => {
    expect(() => madeScorer('regex:(')).toThrow(/^regex: expected a regular expression, got "\(": Invalid/);
    expect(madeScorer('regex').fault?.({ expected: '(', metadata: {} })).toMatch(
      /^expected a regular expression/,
    );
  });

  it.for(catastrophic)('ends a search for %s that would take years, and does not score it', (source) => {
    const { value, reason } = scoreOf(`regex:${source}`, null, `${'a'.repeat(3_000)}!`);

    expect(value).toBeNull();
    expect(reason).toMatch(/took longer than 100 ms on 3001 characters/);
  });

  it('looks at no further text once an expression took too long ten times', () => {
    const regex = boundedRegex('(a+)+$');
    const text = `${'a'.repeat(3_000)}!`;

    const found = Array.from({ length: mostTimeouts }, () => regex.isIn(text));

    expect(found).toEqual(found.map(() => null));
    expect(regex.isGivenUp).toBe(true);
    expect(regex.isIn('a'.repeat(100_000))).toBeNull();
  });

  it('finds the same within its bounds as without', () => {
    // Long enough not to be searched as it is.
    const text = `${'b'.repeat(3_000)}aab`;

    expect(boundedRegex('(a+)+b$').isIn(text)).toBe(true);
    expect(boundedRegex('(a+)+c$').isIn(text)).toBe(false);
    expect(boundedRegex('A+B$', 'gi').isIn(text)).toBe(true);
  });
});

describe('the steps of a search', () => {
  it.for([...catastrophic, '\\\\p{0,}p{0,}p{0,}p{0,}$'])('are many for %s', (source) => {
    expect(mostSteps(source, 3_000)).toBeGreaterThan(1e9);
  });

  it.for([
    '^yes',
    'foo|bar',
    '\\d{4}-\\d{2}',
    '[a-z]+',
    '[)+*]x',
    '\\(\\)+',
    '(?:yes|no)',
    '(?<=a)b',
    '\\p{L}x',
    '[]x]',
  ])('are few for %s', (source) => {
    expect(mostSteps(source, 300)).toBeLessThan(2e6);
  });

  it.for(['(a)\\1', '(?<n>a)\\k<n>', '(a){2,}', '(a+)*', '(a)+?'])('are not known of %s', (source) => {
    expect(mostSteps(source, 10)).toBe(Number.POSITIVE_INFINITY);
  });
});
