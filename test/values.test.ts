import { describe, expect, it } from 'vitest';
import { resolveConfig } from '../src/config.ts';
import { costOf, formatCost } from '../src/price.ts';
import { baseline, byteSize, positiveNumber, price, tokenCount } from '../src/values.ts';

describe('a number of tokens', () => {
  it.each([
    ['500000', 500_000],
    ['500k', 500_000],
    ['2M', 2_000_000],
    ['1.5M', 1_500_000],
    ['1.234567M', 1_234_567],
    ['0', undefined],
    ['0.5', undefined],
    ['1e6', undefined],
    ['2 M', undefined],
    ['-1', undefined],
    ['', undefined],
    ['99999999999999999999', undefined],
  ])('%j is %s', (text, count) => {
    expect(tokenCount.parse(text)).toBe(count);
  });
});

describe('a cost', () => {
  it.each([
    ['5', 5],
    ['0.05', 0.05],
    ['0', undefined],
    ['0.0', undefined],
    ['-5', undefined],
    ['$5', undefined],
    ['Infinity', undefined],
  ])('%j is %s', (text, cost) => {
    expect(positiveNumber.parse(text)).toBe(cost);
  });

  it.each([
    [0, '0'],
    [0.00312, '0.0031'],
    [0.9, '0.9'],
    [0.999, '1.00'],
    [4.967, '4.97'],
    [1_234_567.5, '1,234,567.50'],
  ])('%d reads %s', (cost, text) => {
    expect(formatCost(cost)).toBe(text);
  });
});

describe('a price', () => {
  it.each([
    ['in=3,out=15', { in: 3, out: 15 }],
    ['out=0.6, in=0', { in: 0, out: 0.6 }],
  ])('%j is read in any order', (text, prices) => {
    expect(price.parse(text)).toEqual(prices);
  });

  it.each([
    ['in=3', 'out is missing'],
    ['in=3,output=15', '"output" is neither in nor out'],
    ['in=3,out=15,cached=1', '"cached" is neither in nor out'],
    ['in=3,out=-1', 'out is no number from 0'],
    ['in=3,in=4,out=1', 'in is there twice'],
    ['3,15', '"3" is neither in nor out'],
  ])('%j is refused: %s', (text, why) => {
    const flags = { price: text, local: '' };
    const sources = { flags, env: {}, dotenv: {}, file: null };

    expect(() => resolveConfig('run', sources)).toThrow(
      `--price: expected the price of a million tokens, such as in=3,out=15, got "${text}": ${why}`,
    );
  });

  it('gives the cost of what went in and what came out', () => {
    expect(costOf({ in: 3, out: 15 }, { input_tokens: 1_000_000, output_tokens: 200_000 })).toBe(6);
  });
});

describe('a size', () => {
  it.each([
    ['1kB', 1_000],
    ['500kB', 500_000],
    ['500KB', 500_000],
    ['100MB', 100_000_000],
    ['1.5MB', 1_500_000],
    ['0.1GB', 100_000_000],
    ['2000B', 2_000],
    ['128MB', 128_000_000],
  ])('%s is %i bytes', (text, bytes) => {
    expect(byteSize.parse(text)).toBe(bytes);
  });

  it.each(['100', 'MB', '-1MB', '1 MB', '0MB', '999B', '1MiB', '1mb', '129MB', '1GB', '1e3kB', ''])(
    '%j is none',
    (text) => {
      expect(byteSize.parse(text)).toBeUndefined();
    },
  );
});

describe('a baseline', () => {
  it.each([
    ['previous', { last: 1 }],
    ['rolling(7)', { last: 7 }],
    ['rolling( 100 )', { last: 100 }],
    ['rolling(1)', undefined],
    ['rolling(101)', undefined],
    ['rolling(-7)', undefined],
    ['rolling(2.5)', undefined],
    ['rolling()', undefined],
    ['rolling(7', undefined],
    ['rolling', undefined],
    ['previous(2)', undefined],
    ['', undefined],
    ['./previous', './previous'],
    ['previous.jsonl', 'previous.jsonl'],
    ['rolling-7', 'rolling-7'],
    ['results/rolling(7)', 'results/rolling(7)'],
  ])('%j is %j', (text, value) => {
    expect(baseline.parse(text)).toEqual(value);
  });
});
