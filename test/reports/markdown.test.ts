import fc from 'fast-check';
import { lexer, parse, type Token, type Tokens } from 'marked';
import { describe, expect, it } from 'vitest';
import { type LowTurn, lowestOf, noLowTurns } from '../../src/reports/low-scores.ts';
import { markdownOf, renderMarkdown } from '../../src/reports/markdown.ts';
import type { FailureGroup, Summary } from '../../src/summary-types.ts';
import type { JobRecord } from '../../src/types.ts';
import { madeRecord } from './made-records.ts';
import {
  hostileText,
  inTurn,
  madeComparison,
  madeFigures,
  madeFlip,
  madeGate,
  madeSummary,
  madeTurns,
  type NextText,
  tame,
} from './made-summary.ts';

const context = {
  width: 80,
  colour: false,
  files: [{ path: 'results/a/results.csv', holds: 'every answer' }],
  next: [{ command: 'threadmill report results/a', does: 'shows this again' }],
};
const made = (text: NextText) => madeSummary(madeTurns(text), text);
const markdown = (summary: Summary) => markdownOf(summary, noLowTurns, context);

async function* from(records: readonly JobRecord[]): AsyncGenerator<JobRecord> {
  yield* records;
}
async function text(pieces: AsyncIterable<string>): Promise<string> {
  let all = '';
  for await (const piece of pieces) all += piece;
  return all;
}

/** The kinds of a document's parts and how they stand in each other, without their texts. */
function skeleton(tokens: readonly Token[]): unknown[] {
  const kinds = tokens.map((token) => {
    const { type, tokens: inner, items, header, rows } = token as Token & Tokens.Generic;
    if (type === 'table') return [type, header.map(inside), rows.map((cells: Token[]) => cells.map(inside))];
    if (items !== undefined) return [type, items.map(inside)];
    // A character that is escaped is text, in a token of its own.
    if (type === 'text' || type === 'escape') return inner === undefined ? 'text' : skeleton(inner);
    return inner === undefined ? type : [type, skeleton(inner)];
  });
  return kinds.filter((kind, at) => kind !== 'text' || kinds[at - 1] !== 'text');
}
const inside = (token: Token) => skeleton((token as Tokens.Generic).tokens ?? []);

const textsOf = (html: string) =>
  html
    .replace(/<code>.*?<\/code>/gs, '<code/>')
    .replace(/&#(\d+);/g, (_, codePoint: string) => String.fromCodePoint(Number(codePoint)))
    .replaceAll('&#39;', "'");

describe('the Markdown report', () => {
  it('tells the most telling first', () => {
    const text = markdown(made(tame));

    const titles = lexer(text).flatMap((token) => (token.type === 'heading' ? [token.text] : []));
    expect(titles).toEqual([
      '❌ FAILED: tame',
      'Gates',
      'Scores',
      'Since the last good ones',
      'Compared with the baseline',
      'Worse than before: 4',
      'Better than before: 1',
      'By group, for a look and not for a verdict',
      'What went wrong',
      'Latency and tokens',
      'To know',
      'Next',
      'Files',
    ]);
  });

  it('has nothing of what a batch has not', () => {
    const summary = madeSummary([madeRecord()], tame);

    const text = markdown({ ...summary, scores: [], gates: [], comparison: null, drift: null, notes: [] });

    expect(text).not.toMatch(/Gates|Scores|last good|baseline|went wrong|To know/);
    expect(text).toContain('| latency | 812 ms | – |');
  });

  it('keeps its shape, whatever strangers wrote', () => {
    const expected = skeleton(lexer(markdown(made(tame))));

    fc.assert(
      fc.property(fc.array(hostileText, { minLength: 1, maxLength: 40 }), (texts) => {
        const text = markdown(made(inTurn(texts)));

        expect(skeleton(lexer(text))).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  it('makes no link, picture, tag or mention of what strangers wrote', () => {
    fc.assert(
      fc.property(fc.array(hostileText, { minLength: 1, maxLength: 40 }), (texts) => {
        const html = parse(markdown(made(inTurn(texts))), { async: false });

        const tags = new Set([...html.matchAll(/<\/?([a-z0-9]+)/gi)].map(([, tag]) => tag));
        const known = [
          'h2',
          'h3',
          'h4',
          'p',
          'strong',
          'code',
          'ul',
          'li',
          'table',
          'thead',
          'tbody',
          'tr',
          'th',
          'td',
        ];
        expect([...tags].filter((tag) => !known.includes(tag ?? ''))).toEqual([]);
        expect(textsOf(html)).not.toMatch(/@[\p{L}\p{N}_-]|:\/\/|www\.[a-z]|#\d/iu);
      }),
      { numRuns: 40 },
    );
  });

  it.for(['a|b', 'a\\|b', '``', '`a`', ' a ', '@all', '<b>', '&amp;', 'a\nb'])(
    'shows %j in a table as it is, its hidden characters written out',
    (name) => {
      const [score] = [madeFigures(tame)];

      const text = markdown({ ...made(tame), scores: [{ ...score, name }] });

      const tables = lexer(text).filter((token): token is Tokens.Table => token.type === 'table');
      const cell = tables[2]?.rows[0]?.[0]?.tokens[0];
      expect(cell?.type).toBe('codespan');
      expect((cell as Tokens.Codespan).text).toBe(name.replace('\\|', '\\ |').replace('\n', '⏎'));
    },
  );

  it('says of an empty text that it is', () => {
    const text = markdown({ ...made(tame), comparison: madeComparison(() => '') });

    expect(text).toContain('  - before: (empty)');
  });

  it('tells a flip with input, expectation, both answers and the reason', () => {
    const flip = madeFlip(
      {
        id: 't-17',
        scorer: 'tools',
        candidate: 0.5,
        input: { messages: [{ role: 'user', content: 'Where is it?' }] },
        expected: ['search'],
        baseline_response: 'There.',
        candidate_response: null,
        reason: 'no call of search',
        after_retry: true,
      },
      tame,
    );

    const text = markdown({
      ...made(tame),
      comparison: madeComparison(tame, { flips: [flip], scorers: [] }),
    });

    expect(text).toContain(`#### Worse than before: 1

- \`t-17\`, \`tools\` 1.000 → 0.500, an answer came only after a retry
  - asked: \`Where is it?\`
  - expected: \`["search"]\`
  - before: \`There.\`
  - why: \`no call of search\``);
  });

  it('is below 1 MiB whatever it is about, and tells how much it leaves out', () => {
    const widest = '\u{e0041}|`'.repeat(800);
    const text: NextText = () => widest;
    const many = <T>(count: number, make: (at: number) => T) =>
      Array.from({ length: count }, (_, at) => make(at));
    const cause = (at: number): FailureGroup => ({
      outcome: 'error',
      kind: 'http',
      code: `${at}${widest}`,
      uncertain: false,
      count: 10,
      message: widest,
      ids: [widest, widest, widest],
    });
    const comparison = madeComparison(text);
    const summary: Summary = {
      ...made(text),
      gates: many(40, () => madeGate(false, text)),
      scores: many(40, () => madeFigures(text)),
      failures: many(40, cause),
      notes: many(40, text),
      comparison: {
        ...comparison,
        scorers: many(300, () => comparison.scorers).flat(),
        flips: [
          ...many(100, () => madeFlip({}, text)),
          ...many(100, () => madeFlip({ baseline: 0, candidate: 1 }, text)),
        ],
        groups: many(60, () => ({
          value: widest,
          scorer: widest,
          examples: 1,
          baseline: 0,
          candidate: 1,
        })),
      },
    };
    const wide = {
      ...context,
      next: many(40, () => ({ command: widest, does: widest })),
      files: many(40, () => ({ path: widest, holds: widest })),
    };

    const told = markdownOf(summary, noLowTurns, wide);

    expect(Buffer.byteLength(told)).toBeLessThan(2 ** 20);
    expect(told).toMatch(/\d+ more gates left out\./);
    expect(told).toMatch(/Worse than before: 1,200/);
    const shown = told.split('#### Worse than before')[1]?.split('####')[0]?.match(/^- `/gm)?.length ?? 0;
    expect(told).toContain(`- and ${(1_200 - shown).toLocaleString('en')} more, left out`);
    expect(told).toMatch(/more causes, left out: summary\.json has them/);
  });
});

describe('turns that scored below 1, in the Markdown report', () => {
  const record = (id: string, value: number | null, fields: Partial<JobRecord> = {}) =>
    madeRecord({
      id,
      scores: { exact: { value, reason: value === 1 ? null : 'expected "5", saw "4"' } },
      ...fields,
    });
  const reported = (summary: Summary, records: readonly JobRecord[]) =>
    text(renderMarkdown(summary, () => from(records), context));
  const lowest = (records: readonly JobRecord[], most: number) => lowestOf(from(records), most);

  it('are told with what was asked, expected and answered, and why', async () => {
    const records = [
      record('a', 1),
      record('b', 0, { expected: '5', trial: 2, turn: 3 }),
      record('c', null, { outcome: 'error' }),
    ];

    const shown = await reported({ ...madeSummary(records, tame), comparison: null }, records);

    expect(shown).toContain(`### Scored below 1: 1 turn

- \`b\`, trial 2, turn 3
  - asked: \`What is 2 + 2?\`
  - expected: \`5\`
  - answered: \`4\`
  - \`exact\` **0**: \`expected "5", saw "4"\``);
  });

  it('are left to the flips where there is a comparison', async () => {
    const records = [record('b', 0)];

    const shown = await reported(madeSummary(records, tame), records);

    expect(shown).not.toContain('Scored below 1');
  });

  it('come the lowest first, and in dataset order where they are alike; the others are counted', async () => {
    const values = [0.5, 1, 0, 0.9999, null, 0.25, 0];

    const { count, lowest: kept } = await lowest(
      values.map((value, at) => record(`r${at}`, value)),
      4,
    );

    expect([count, kept.map(({ id }) => id)]).toEqual([5, ['r2', 'r6', 'r5', 'r0']]);
  });

  it('are the lowest that there are, whatever their order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(null, 0, 0.3, 0.6, 1), { maxLength: 30 }),
        fc.integer({ min: 1, max: 8 }),
        async (values, most) => {
          const low = values.filter((value) => value !== null && value < 1).toSorted();

          const { count, lowest: kept } = await lowest(
            values.map((value) => record('r', value)),
            most,
          );

          expect(count).toBe(low.length);
          expect(kept.map(({ scores }) => scores[0]?.value)).toEqual(low.slice(0, most));
        },
      ),
    );
  });

  it('keep the report below 1 MiB and in shape, whatever strangers wrote', async () => {
    const widest = '\u{e0041}|`# <b>@all'.repeat(800);
    const turn: LowTurn = {
      id: widest,
      trial: 1,
      turn: null,
      scores: Array.from({ length: 40 }, () => ({ name: widest, value: 0.9999, reason: widest })),
      asked: widest,
      expected: widest,
      answered: widest,
    };
    const summary = { ...made(() => widest), comparison: null };

    const shown = markdownOf(summary, { count: 90, lowest: Array.from({ length: 25 }, () => turn) }, context);

    expect(Buffer.byteLength(shown)).toBeLessThan(1_048_576);
    expect(shown).toContain('more, left out');
    const html = parse(shown, { async: false });
    expect(html).not.toMatch(/<b>|<a /);
    expect(textsOf(html)).not.toMatch(/@all/);
  });
});
