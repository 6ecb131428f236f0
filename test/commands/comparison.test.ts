import { describe, expect, it } from 'vitest';
import { columnsFor, compareSources } from '../../src/commands/comparison.ts';
import type { AnswerTexts, Source } from '../../src/commands/sources.ts';
import { answerKey } from '../../src/comparing/flips.ts';
import { renderComparison } from '../../src/reports/comparison.ts';
import { columnsOf } from '../../src/reports/width.ts';
import type { JobRecord, Scores } from '../../src/types.ts';
import { madeSide } from '../comparing/made-sides.ts';
import { madeRecord, madeTrouble } from '../reports/made-records.ts';

const plain = { maxDrop: 0.02, scorers: [], groupBy: null, clusterBy: null, price: null };

interface Columns {
  readonly groupBy?: string | null;
  readonly clusterBy?: string | null;
}

function source(path: string, records: readonly JobRecord[], options: Columns = {}): Source {
  const side = madeSide(
    records,
    { path, specs: {} },
    columnsFor({ groupBy: null, clusterBy: null, ...options }),
  );
  const texts = new Map<string, AnswerTexts>();
  for (const record of records) {
    const { input, expected, response, scores } = record;
    const reasons = Object.fromEntries(Object.entries(scores).map(([name, { reason }]) => [name, reason]));
    texts.set(answerKey(record, record.trial), { input, expected, response, reasons });
  }
  return { side, columns: ['tenant'], texts: async () => texts };
}

/** So many examples with these scores, by number from 0. */
const records = (count: number, scoresOf: (at: number) => Readonly<Record<string, number | null>>) =>
  Array.from({ length: count }, (_, at): JobRecord => {
    const scores: Scores = Object.fromEntries(
      Object.entries(scoresOf(at)).map(([name, value]) => [name, { value, reason: null }]),
    );
    return madeRecord({ id: `e${at}`, input: `ask ${at}`, metadata: { tenant: `t${at % 4}` }, scores });
  });

const failing = (all: readonly JobRecord[], isFailed: (at: number) => boolean) =>
  all.map((record, at) =>
    isFailed(at)
      ? { ...madeTrouble('error', record.id), input: record.input, metadata: record.metadata }
      : record,
  );

describe('compareSources', () => {
  it('tells which tools are called more and which less, of answers alone', async () => {
    const good = records(4, () => ({ exact: 1 }));
    const calling = (...names: readonly string[]) => ({
      tool_calls: names.map((name, at) => ({ name, args: {}, id: `c${at}` })),
    });
    const before = good.map((record) => ({ ...record, ...calling('search', 'order') }));
    const after = good.map((record, at) => ({
      ...record,
      ...calling('search', ...(at > 0 ? ['mail'] : [])),
    }));

    const comparison = await compareSources(
      source('before', before),
      source('after', [...after.slice(0, 3), { ...after[3], ...failing(good, () => true)[3] } as JobRecord]),
      plain,
    );

    expect(comparison.tools).toEqual([
      { name: 'order', baseline: 1, candidate: 0 },
      { name: 'mail', baseline: 0, candidate: 2 / 3 },
      { name: 'search', baseline: 1, candidate: 1 },
    ]);
    const text = renderComparison(comparison, { width: 80, colour: false });
    expect(text).toContain(
      'Tools\n  order        1.00 → 0.00 calls a turn\n  mail         0.00 → 0.67 calls a turn\n',
    );
  });

  it('finds that trials fail to run more often, which no score tells', async () => {
    const good = records(100, () => ({ exact: 1 }));
    const before = source('before', good);

    const same = await compareSources(
      before,
      source(
        'after',
        failing(good, (at) => at < 2),
      ),
      { ...plain, maxDrop: 0.1 },
    );
    const worse = await compareSources(
      before,
      source(
        'after',
        failing(good, (at) => at < 20),
      ),
      { ...plain, maxDrop: 0.1 },
    );

    expect(same).toMatchObject({ verdict: 'OK', errors: { baseline: 0, candidate: 2 } });
    expect(worse).toMatchObject({ verdict: 'REGRESSED', errors: { baseline: 0, candidate: 20 } });
    expect(worse.sentence).toMatch(/^more trials fail to run: 0.0 % → 20.0 % \(p < 0.001\)$/);
    expect(worse.scorers).toMatchObject([{ verdict: 'OK', examples: 80, candidate: 1 }]);
    expect(worse.turns.candidate).toEqual({
      scored: 80,
      not_scored: 0,
      failed: 20,
      interrupted: 0,
      skipped: 0,
    });
  });

  it('takes p by Holm over all scorers, and can be asked for one', async () => {
    const names = ['a', 'b', 'c', 'd'];
    const all = (value: number) => Object.fromEntries(names.map((name) => [name, value]));
    const before = source(
      'before',
      records(40, () => all(1)),
    );
    // Six lost of one scorer: p = 1/64 alone.
    const after = source(
      'after',
      records(40, (at) => ({ ...all(1), a: at < 6 ? 0 : 1 })),
    );

    const together = await compareSources(before, after, plain);
    const alone = await compareSources(before, after, { ...plain, scorers: ['a'] });

    expect(together.scorers[0]).toMatchObject({
      name: 'a',
      verdict: 'INCONCLUSIVE',
      p: expect.closeTo(4 / 64, 10),
    });
    expect(alone).toMatchObject({
      verdict: 'REGRESSED',
      scorers: [{ name: 'a', p: expect.closeTo(1 / 64, 10) }],
    });
    expect(alone.flips).toHaveLength(6);
  });

  it('tells which scorers are in one alone, and refuses where none is in both', async () => {
    const before = source(
      'before',
      records(30, () => ({ exact: 1, old: 1 })),
    );
    const after = source(
      'after',
      records(30, () => ({ exact: 1, new: 1 })),
    );
    const other = source(
      'other',
      records(30, () => ({ numeric: 1 })),
    );

    expect((await compareSources(before, after, plain)).notes).toEqual([
      'old has scores only in before: it is not compared',
      'new has scores only in after: it is not compared',
    ]);
    await expect(compareSources(before, other, plain)).rejects.toThrow(
      'before has scores of exact, old; other has scores of numeric',
    );
    await expect(compareSources(before, after, { ...plain, scorers: ['exakt'] })).rejects.toThrow(
      'did you mean exact?',
    );
  });

  it('is INCONCLUSIVE with one example, and says why', async () => {
    const one = await compareSources(
      source(
        'before',
        records(1, () => ({ exact: 1 })),
      ),
      source(
        'after',
        records(1, () => ({ exact: 0 })),
      ),
      plain,
    );

    expect(one).toMatchObject({ verdict: 'INCONCLUSIVE', pairs: 1 });
    expect(one.sentence).toContain('one example cannot tell how changes differ');
  });

  it('takes the examples of one cluster for one unit, and refuses a column that is not there', async () => {
    const options = { ...plain, clusterBy: 'tenant' };
    const before = source(
      'before',
      records(40, () => ({ exact: 1 })),
      options,
    );
    const after = source(
      'after',
      records(40, (at) => ({ exact: at % 4 === 0 ? 0.5 : 1 })),
      options,
    );

    const { scorers } = await compareSources(before, after, options);

    expect(scorers[0]?.caution).toContain('only 4 clusters');
    const wrong = { ...plain, groupBy: 'tennant' };
    const of = (path: string) =>
      source(
        path,
        records(40, () => ({ exact: 1 })),
        wrong,
      );
    await expect(compareSources(of('before'), of('after'), wrong)).rejects.toThrow(
      '--group-by: expected a column',
    );
  });

  it('tells no more than a hundred flips of each way, those that changed most first', async () => {
    const before = source(
      'before',
      records(300, (at) => ({ exact: at < 150 ? 1 : 0 })),
    );
    const after = source(
      'after',
      records(300, (at) => ({ exact: at === 140 ? 0 : 0.5 })),
    );

    const { flips, scorers } = await compareSources(before, after, plain);

    expect(scorers[0]).toMatchObject({ lost: 150, gained: 150 });
    expect(flips.slice(0, 3).map(({ id }) => id)).toEqual(['e140', 'e0', 'e1']);
    expect(flips).toHaveLength(200);
  });
});

describe('renderComparison', () => {
  it('fits narrow terminals, whatever strangers wrote', async () => {
    const nasty = `\u001b[31mred\u001b[0m\u202E ${'漢'.repeat(60)} ${'x'.repeat(200)}`;
    const options = { ...plain, groupBy: 'tenant' };
    const made = (value: number) =>
      source(
        'results/a-very-long-directory-name-of-a-batch-20261122T145206Z',
        records(30, (at) => ({ 'a-long-name-of-a-scorer-that-somebody-gave': at < 3 ? value : 1 })).map(
          (record) => ({
            ...record,
            id: `${record.id}${nasty}`,
            response: nasty,
            metadata: { tenant: nasty },
          }),
        ),
        options,
      );

    const comparison = await compareSources(made(1), made(0), options);
    const text = renderComparison(comparison, { width: 40, colour: false });

    expect(text.split('\n').filter((line) => columnsOf(line) > 40)).toEqual([]);
    expect(text).not.toMatch(/[\u001b\u202e]/);
    expect(text).toContain('INCONCLUSIVE');
  });
});
