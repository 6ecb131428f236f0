import { describe, expect, it } from 'vitest';
import type { Scorer } from '../../src/contracts.ts';
import { ConfigError } from '../../src/errors.ts';
import { createScorers, Picker, scorerKinds, scoreSafely } from '../../src/scorers/index.ts';
import { checked } from '../../src/scorers/safely.ts';
import { parseScorerSpec } from '../../src/scorers/spec.ts';
import type { Json, Score } from '../../src/types.ts';
import { scorerContract } from '../contracts/scorer.ts';
import { madeRecord } from '../reports/made-records.ts';
import { madeScorer } from './made-score.ts';

const price = { in: 3, out: 15 };
const limits: Readonly<Record<string, string>> = { latency: '1s', tokens: '1k', cost: '0.01', steps: '3' };
const texts = [
  // A file is tried by itself, with one at hand.
  ...Object.keys(scorerKinds)
    .filter((name) => name !== 'file')
    .map((name) => (limits[name] === undefined ? name : `${name}:${limits[name]}`)),
  ...['exact:4', 'one-of:a|b', 'regex:^a', 'numeric:1%', 'similar:0.5', 'json:valid', 'json:unordered,0.1'],
];

describe.for(texts)('%s', (text) => {
  scorerContract(() => madeScorer(text));
});

describe('scorers by name', () => {
  it.for<readonly [string, string, string | null, string]>([
    ['numeric', 'numeric', null, 'numeric'],
    ['numeric:0.01', 'numeric', '0.01', 'numeric'],
    ['regex:a:b,c', 'regex', 'a:b,c', 'regex'],
    ['regex:^yes,as=polite', 'regex', '^yes', 'polite'],
    ['exact,as=same', 'exact', null, 'same'],
    ['regex:a,as=', 'regex', 'a,as=', 'regex'],
    ['./my.ts', 'file', './my.ts', 'my'],
    ['../x/my.mjs,as=mine', 'file', '../x/my.mjs', 'mine'],
    ['file:my.ts', 'file', 'my.ts', 'my'],
  ])('%s is read', ([text, kind, argument, name]) => {
    expect(parseScorerSpec(text)).toEqual({ kind, argument, name });
  });

  it('are made in their order, one kind twice under two names', async () => {
    const made = await createScorers(['regex:a', 'regex:b,as=other', 'exact'], { price });

    expect(made.map(({ name }) => name)).toEqual(['regex', 'other', 'exact']);
  });

  it.each(['contains:yes,as=a b', 'exact,as=', 'numeric:0.01,as=1st'])(
    'are refused where what is behind as= is no name: %s',
    async (text) => {
      await expect(createScorers([text], { price })).rejects.toThrow(
        `${text}: expected behind as= a name of letters, digits, _ and -`,
      );
    },
  );

  it('are refused with every fault at once', async () => {
    const names = Object.keys(scorerKinds).filter((name) => name !== 'file');
    const created = createScorers(['exakt', 'numeric:x', 'exact', 'exact:a', 'constructor'], { price });

    await expect(created).rejects.toThrow(ConfigError);
    await expect(created).rejects.toThrow(
      [
        'expected the name of a scorer, perhaps exact, got "exakt"',
        'numeric: expected a tolerance such as 0.01 or 1%, got "x"',
        'two scorers are called "exact": give one another name, such as exact…,as=another',
        `expected the name of a scorer, one of ${names.join(', ')}, or a file such as ./mine.ts, got "constructor"`,
      ].join('\n'),
    );
  });
});

describe('a scorer that misbehaves', () => {
  const giving = (score: () => unknown): Scorer => ({ needsExpected: false, score: score as () => Score });

  it.for<readonly [unknown, RegExp]>([
    [undefined, /expected \{value, reason\}, saw undefined/],
    [0.5, /saw 0\.5/],
    [{ value: Number.NaN }, /expected a value from 0 to 1, or null, saw NaN/],
    [{ value: 2 }, /saw 2/],
    [{ value: -0.1 }, /saw -0\.1/],
    [{ value: '1' }, /saw "\\"1\\""/],
    [{ value: 1n }, /saw something that cannot be written/],
    [{ value: null }, /gave no reason/],
  ])('and gives %o has scored nothing', ([given, reason]) => {
    const score = checked(given);

    expect(score.value).toBeNull();
    expect(score.reason).toMatch(reason);
  });

  it('and throws, at once or later, has scored nothing, its stack in the reason', async () => {
    const fail = () => {
      throw new Error('my bug');
    };

    const scores = [giving(fail), giving(async () => fail())].map((scorer) =>
      scoreSafely(scorer, madeRecord()),
    );

    for (const { value, reason } of await Promise.all(scores)) {
      expect(value).toBeNull();
      expect(reason).toMatch(/^the scorer failed: Error: my bug\n\s+at .*index\.test\.ts/);
    }
  });

  it('is not asked about a turn without an answer', () => {
    const score = scoreSafely(
      giving(() => ({ value: 1 })),
      madeRecord({ outcome: 'error' }),
    );

    expect(score).toEqual({ value: null, reason: 'the turn ended in error: there is no answer to judge' });
  });

  it('keeps a score as it is, and a promised one', async () => {
    const scores = [() => ({ value: 0.5, reason: 'half' }), async () => ({ value: 1 })].map((score) =>
      scoreSafely(giving(score), madeRecord()),
    );

    expect(await Promise.all(scores)).toEqual([
      { value: 0.5, reason: 'half' },
      { value: 1, reason: null },
    ]);
  });
});

function picked(expectations: readonly Json[], column: string) {
  const picker = new Picker();
  for (const expected of expectations) picker.see({ expected });
  return picker.pick(column);
}

describe('the scorer that a dataset asks for', () => {
  it.for<readonly [expectations: Json[], scorer: string | null, because: string]>([
    [[], null, 'no example says what it expects'],
    [[null, '', ' '], null, 'no example says what it expects'],
    [['Paris'], 'exact', 'the one expectation is a text'],
    [['Paris', null, 'Rome'], 'exact', 'all 2 expectations are texts'],
    [[18, '$1,234.50', '-3', '5 %', '1e3', null], 'numeric', 'all 5 expectations are numbers'],
    [['2 + 2 = 4\n#### 4'], 'numeric', 'the one expectation is a number'],
    [['#### 4\nor so'], 'exact', 'the one expectation is a text'],
    [['007'], 'exact', 'the one expectation is a text'],
    [['18 apples'], 'exact', 'the one expectation is a text'],
    [[true], 'exact', 'the one expectation is a text'],
    [['18', 'Paris'], 'exact', 'expectations are 1 number, 1 text'],
    [[{ a: 1 }, '{"b":2}', [1, 2]], 'json', 'all 3 expectations are JSON values'],
    [['{not json'], 'exact', 'the one expectation is a text'],
    [[['a', 'b'], '["c"]'], 'one-of', 'all 2 expectations are arrays of texts'],
    [[['a', 'b'], 'c'], 'one-of', 'expectations are 1 array of texts, 1 text'],
    [[['a'], { a: 1 }], 'json', 'expectations are 1 array of texts, 1 JSON value'],
    [['["a"]', 'c'], 'exact', 'expectations are 1 array of texts, 1 text'],
    [
      [{ a: 1 }, 'b'],
      null,
      'expectations are of several kinds (1 JSON value, 1 text), and no scorer compares them all',
    ],
  ])('of %j is %s', ([expectations, scorer, because]) => {
    expect(picked(expectations, 'expected')).toEqual({
      scorers: scorer === null ? [] : [scorer],
      because,
    });
  });

  it.for(['__expected', '__expected1', ' __Expected2 '])("of a column %s is promptfoo's", (column) => {
    expect(picked(['4'], column).scorers).toEqual(['assertions']);
  });

  it.for([['Paris'], [18], [{ a: 1 }], [['a', 'b']]])('has no fault to find with %j', (expected) => {
    const [scorer = ''] = picked([expected as Json], 'expected').scorers;

    expect(madeScorer(scorer).fault?.({ expected: expected as Json, metadata: {} }) ?? null).toBeNull();
  });
});
