import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lastNumber } from '../../src/scorers/last-number.ts';
import type { Json } from '../../src/types.ts';
import { madeScorer, scoreOf } from './made-score.ts';

describe('the last number of a text', () => {
  it.for<readonly [text: string, number: string | null]>([
    ['18', '18'],
    ['It costs $1,234.50.', '1,234.50'],
    ['1.2e3', '1.2e3'],
    ['1.2 × 10^3 m', '1.2 × 10^3'],
    ['so 6.02 \\times 10^{23}', '6.02 \\times 10^{23'],
    ['#### 18', '18'],
    ['First 5, then 18.', '18'],
    ['#### 18\nThat leaves 2 over.', '18'],
    ['#### none\nBut 2', '2'],
    ['-5', '-5'],
    ['−5', '-5'],
    ['-$5', '-5'],
    ['$-5', '-5'],
    ['(-5)', '-5'],
    ['10-12', '12'],
    ['COVID-19', '19'],
    ['- 5 apples', '5'],
    ['.5', '.5'],
    ['a half is 0.5.', '0.5'],
    ['1,2,3', '3'],
    ['in 2024,100 came', '100'],
    ['12,34', '34'],
    ['1{,}234', '1,234'],
    ['1\u202f234', '1\u202f234'],
    ['\\boxed{18}', '18'],
    ['**18**', '18'],
    ['18%', '18'],
    ['18km', '18'],
    ['1e3x', '1'],
    ['7 (H2O)', '7'],
    ['use GPT4', null],
    ['v1.2.3', null],
    ['no number', null],
    ['', null],
    ['1e999999', null],
    ['9'.repeat(500), null],
    ['½', null],
  ])('%j: %j', ([text, number]) => {
    expect(lastNumber(text)?.text ?? null).toBe(number);
  });

  it('is found behind whatever words, however it is written', () => {
    const words = fc.stringMatching(/^[a-z .!?]{0,40}$/);

    fc.assert(
      fc.property(
        words,
        fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }),
        (before, number) => {
          const found = lastNumber(`${before}12 and ${number}.`);

          expect(Number(found?.text)).toBe(number === 0 ? 0 : number);
        },
      ),
    );
  });

  // By its square it would take minutes.
  it('is found in time by the length of the text', { timeout: 20_000 }, () => {
    for (const piece of ['1', '1,', '1.', '-', '{,}', '1 ', '#', '1e', '1 x 10^', '\u202f111']) {
      expect(() => lastNumber(piece.repeat(100_000))).not.toThrow();
    }
  });
});

describe('numeric', () => {
  it.for<readonly [scorer: string, expected: Json, answer: string, value: number | null]>([
    ['numeric', 18, 'She makes $18.', 1],
    ['numeric', '18', '18.00', 1],
    ['numeric', 'So 9 * 2 = 18\n#### 18', 'The answer is 18.', 1],
    ['numeric', '70,000', '$70000', 1],
    ['numeric', 1200, '1.2e3', 1],
    ['numeric', 18, '17', 0],
    ['numeric', 18, 'none', 0],
    ['numeric', 18, '-18', 0],
    ['numeric', 0, '-0', 1],
    ['numeric', '12345678901234567891', '12345678901234567890', 0], // the same as floating point numbers
    ['numeric', 0.3, String(0.1 + 0.2), 0],
    ['numeric:0.01', 1, '1.01', 1], // 1.01 - 1 is more than 0.01 in floating point
    ['numeric:0.01', 1, '1.011', 0],
    ['numeric:1%', -200, '-202', 1],
    ['numeric:1%', 200, '197.9', 0],
    ['numeric:1%', 0, '0.001', 0],
    ['numeric:1e-3', 1, '1.0005', 1],
    ['numeric', 'none', '18', null],
    ['numeric', true, '1', null],
    ['numeric', [18], '18', null],
  ])('%s: expected %j, saw %j: %j', ([scorer, expected, answer, value]) => {
    expect(scoreOf(scorer, expected, answer).value).toBe(value);
  });

  it('says both numbers', () => {
    expect(scoreOf('numeric', '#### 18', 'First 16. Then $17.').reason).toBe(
      'expected 18, saw 17 in "First 16. Then $17."',
    );
  });

  it.for(['numeric:', 'numeric:x', 'numeric:-1', 'numeric:1%%', 'numeric:NaN', 'numeric:1e9999'])(
    'refuses %s',
    (text) => {
      expect(() => madeScorer(text)).toThrow(/^numeric: expected a tolerance such as 0\.01 or 1%, got/);
    },
  );
});
