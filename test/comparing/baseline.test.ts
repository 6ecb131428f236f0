import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { baselineLines, type TurnTexts } from '../../src/comparing/baseline-lines.ts';
import { BaselineFault, readBaseline } from '../../src/comparing/baseline-reader.ts';
import type { Side } from '../../src/comparing/side.ts';
import { turnKey } from '../../src/comparing/side.ts';
import { madeTrouble } from '../reports/made-records.ts';
import { madeFacts, madeSide, scored } from './made-sides.ts';

const written = (side: Side, texts?: ReadonlyMap<string, TurnTexts>) =>
  [...baselineLines(side, texts)].join('');

const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 8 });
const trial = fc.record({
  outcome: fc.constantFrom('success', 'error', 'interrupted', 'skipped'),
  code: fc.constantFrom(null, 'HTTP_503'),
  score: fc.constantFrom(null, 0, 0.25, 1),
  latencyMs: fc.constantFrom(null, 812, 0.53),
  usage: fc.constantFrom(null, { input_tokens: 1, output_tokens: 2, total_tokens: 4 }),
  isRetried: fc.boolean(),
});
const turn = fc.record({
  id: name,
  turn: fc.constantFrom(null, 1, 2),
  conversation: fc.option(name),
  trials: fc.array(fc.option(trial), { maxLength: 3 }),
});
const sides = fc.record({
  scorers: fc.constantFrom<string[][]>([], ['exact'], ['exact', 'judge']),
  turns: fc.uniqueArray(turn, { maxLength: 6, selector: (each) => turnKey(each.id, each.turn) }),
  texts: fc.boolean(),
});

describe('a baseline file', () => {
  it('gives back what it was made of', () => {
    fc.assert(
      fc.property(sides, ({ scorers, turns, texts: hasTexts }) => {
        const side: Side = {
          facts: madeFacts({
            path: 'base',
            specs: Object.fromEntries(scorers.map((each) => [each, `${each}:1`])),
          }),
          scorers,
          columns: null,
          turns: turns.map((each) => ({
            ...each,
            input: '00ff00ff00ff00ff',
            columns: [],
            // The last one tells how many there were.
            trials: each.trials.slice(0, each.trials.findLastIndex((one) => one !== null) + 1).map((one) => {
              if (one === null) return null;
              const { score, code, outcome, ...facts } = one;
              const latencyMs = outcome === 'success' ? facts.latencyMs : null;
              const scores = scorers.map(() => score);
              return { ...facts, latencyMs, outcome, code, scores, tools: null };
            }),
          })),
        };
        const texts = new Map(
          hasTexts
            ? side.turns.map((each) => [
                turnKey(each.id, each.turn),
                { input: { q: 'a\u2028b' }, expected: null, responses: each.trials.map(() => 'said') },
              ])
            : [],
        );

        const read = readBaseline(written(side, texts), 'base');

        expect(read.side).toEqual(side);
        expect([...read.texts]).toEqual([...texts]);
      }),
      { numRuns: 200 },
    );
  });

  it('changes one line for one example that changed', () => {
    const made = (value: number) =>
      written(madeSide(['a', 'b', 'c'].map((id) => scored(id, id === 'b' ? value : 1)))).split('\n');
    const [before, after] = [made(1), made(0)];

    expect(before.filter((line, at) => line !== after[at])).toHaveLength(1);
  });

  it('says what failed, and took more than one attempt', () => {
    const side = madeSide([
      { ...madeTrouble('error', 'a'), latency_ms: 9 },
      scored('a', 1 / 3, { trial: 2, revision: 2, latency_ms: 812.437 }),
    ]);

    expect(written(side).split('\n')[1]).toBe(
      `{"id":"a","input":"${side.turns[0]?.input}","scores":{"exact":[null,0.333333]},"outcomes":["error HTTP_503","success"],"retried":[2],"latency_ms":[null,812],"tokens":[null,null]}`,
    );
  });

  it('is told apart from whatever else lies there, without a crash', () => {
    const base = written(madeSide([scored('a', 1), scored('b', 0)]));
    fc.assert(
      fc.property(fc.nat(base.length), fc.nat(3), fc.string({ maxLength: 3 }), (at, length, text) => {
        const damaged = base.slice(0, at) + text + base.slice(at + length);
        try {
          readBaseline(damaged, 'base');
        } catch (error) {
          expect(error).toBeInstanceOf(BaselineFault);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is read with line ends of Windows and a byte order mark', () => {
    const base = written(madeSide([scored('a', 1), scored('b', 0)]));

    const { side } = readBaseline(`\uFEFF${base.replaceAll('\n', '\r\n')}`, 'base');

    expect(side.turns.map(({ id }) => id)).toEqual(['a', 'b']);
  });
});
