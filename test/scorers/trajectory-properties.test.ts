import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ToolMode, toolModes } from '../../src/scorers/trajectory/compare.ts';
import { scoreConversation, scoreTools, toolsDefaults } from '../../src/scorers/trajectory/score.ts';
import { ofCalls, type Trajectory, trajectoryOf } from '../../src/scorers/trajectory/trajectory.ts';
import type { ExpectedTool, Json, ToolCall } from '../../src/types.ts';

const x = fc.integer({ min: 0, max: 2 });
const name = fc.constantFrom('a', 'b', 'c');
const toolCall: fc.Arbitrary<ToolCall> = fc.record({ name, args: fc.record({ x }), id: fc.constant(null) });
const callList = fc.array(toolCall, { maxLength: 5 });
const someCalls = fc.array(toolCall, { minLength: 1, maxLength: 5 });
/** A matcher may fit several calls, and a name alone any of that tool. */
const expectedTool: fc.Arbitrary<ExpectedTool> = fc.oneof(
  name,
  fc.record({
    name,
    args: fc.record({
      x: fc.oneof(x, fc.constant({ $any: true }), fc.record({ $one_of: fc.array(x, { minLength: 1 }) })),
    }),
  }),
);
const expectedList = fc.array(expectedTool, { maxLength: 5 });

const asExpected = (calls: readonly ToolCall[]): ExpectedTool[] =>
  calls.map(({ name: tool, args }) => ({ name: tool, args: args as { x: number } }));
const score = (expected: readonly ExpectedTool[], calls: readonly ToolCall[], mode: ToolMode): number =>
  scoreTools(expected, ofCalls(calls), { ...toolsDefaults, mode }).score ?? Number.NaN;
const passes = (...of: Parameters<typeof score>): boolean => score(...of) === 1;

/** Told anew and slowly: is the call the one expected? */
function isFit(tool: ExpectedTool, { name: called, args }: ToolCall): boolean {
  if (typeof tool === 'string') return tool === called;
  const wanted = tool.args['x'] as number | { $any?: true; $one_of?: number[] };
  const seen = (args as { x: number }).x;
  if (tool.name !== called) return false;
  if (typeof wanted === 'number') return wanted === seen;
  return wanted.$any === true || wanted.$one_of?.includes(seen) === true;
}

/** All ways to give each expected one a call of its own. */
function isPlaced(expected: readonly ExpectedTool[], calls: readonly ToolCall[], inOrder: boolean): boolean {
  const [first, ...others] = expected;
  if (first === undefined) return true;
  return calls.some((one, at) => {
    const left = inOrder ? calls.slice(at + 1) : calls.filter((_, place) => place !== at);
    return isFit(first, one) && isPlaced(others, left, inOrder);
  });
}

/** Does each call stand for an expected one of its own? */
function isAllowed(expected: readonly ExpectedTool[], calls: readonly ToolCall[]): boolean {
  const [first, ...others] = calls;
  if (first === undefined) return true;
  return expected.some(
    (tool, at) =>
      isFit(tool, first) &&
      isAllowed(
        expected.filter((_, place) => place !== at),
        others,
      ),
  );
}

const slowly: Record<ToolMode, (expected: ExpectedTool[], calls: ToolCall[]) => boolean> = {
  strict: (expected, calls) => expected.length === calls.length && isPlaced(expected, calls, true),
  unordered: (expected, calls) => expected.length === calls.length && isPlaced(expected, calls, false),
  subset: isAllowed,
  superset: (expected, calls) =>
    isPlaced(expected, calls, false) && (expected.length > 0 || calls.length === 0),
  subsequence: (expected, calls) =>
    isPlaced(expected, calls, true) && (expected.length > 0 || calls.length === 0),
};

describe('any expectation and any calls', () => {
  it.each(toolModes)('pass %s exactly where trying all ways says so, with a score from 0 to 1', (mode) => {
    fc.assert(
      fc.property(expectedList, callList, (expected, calls) => {
        const given = score(expected, calls, mode);

        expect(given === 1).toBe(slowly[mode](expected, calls));
        expect(given).toBeGreaterThanOrEqual(0);
        expect(given).toBeLessThanOrEqual(1);
      }),
      { numRuns: 500 },
    );
  });

  it('are scored wherever something is expected, and only there', () => {
    fc.assert(
      fc.property(
        fc.option(expectedList),
        callList,
        fc.constantFrom(...toolModes),
        (expected, calls, mode) => {
          const given = scoreTools(expected, ofCalls(calls), { ...toolsDefaults, mode });

          expect(given.score === null).toBe(expected === null);
          expect(given.reason).not.toBe('');
        },
      ),
    );
  });
});

describe('a strict comparison', () => {
  it('of any calls with themselves passes', () => {
    fc.assert(fc.property(callList, (calls) => passes(asExpected(calls), calls, 'strict')));
  });

  it('fails with a wrong name, a call dropped, added or swapped', () => {
    fc.assert(
      fc.property(someCalls, fc.nat(), toolCall, (calls, random, more) => {
        const at = random % calls.length;
        const one = calls[at] ?? more;
        const next = (at + 1) % calls.length;
        const swapped = calls.map(
          (each, place) => calls[place === at ? next : place === next ? at : place] ?? each,
        );
        const isSwap = JSON.stringify(swapped) !== JSON.stringify(calls);

        expect(passes(asExpected(calls), calls.with(at, { ...one, name: 'wrong' }), 'strict')).toBe(false);
        expect(passes(asExpected(calls), calls.toSpliced(at, 1), 'strict')).toBe(false);
        expect(passes(asExpected(calls), calls.toSpliced(at, 0, more), 'strict')).toBe(false);
        expect(passes(asExpected(calls), swapped, 'strict')).toBe(!isSwap);
      }),
    );
  });

  it('with parallel calls free passes however each message orders its own', () => {
    fc.assert(
      fc.property(fc.array(someCalls, { maxLength: 4 }), fc.nat(), (steps, random) => {
        const turned = steps.map((calls) => [
          ...calls.slice(random % calls.length),
          ...calls.slice(0, random % calls.length),
        ]);
        const trajectory = trajectoryOf({ input: 'x', messages: inMessages(turned), tool_calls: [] });

        const given = scoreTools(asExpected(steps.flat()), trajectory, {
          ...toolsDefaults,
          parallel: 'free',
        });

        expect(given.score, given.reason).toBe(1);
      }),
    );
  });

  it('with parallel calls free takes part of what a message calls, where others may be called', () => {
    const of = (tool: string): ToolCall => ({ name: tool, args: {}, id: null });
    const steps = [[of('b'), of('other'), of('a')], [of('c')]];
    const trajectory = trajectoryOf({ input: 'x', messages: inMessages(steps), tool_calls: [] });

    const given = scoreTools(['a', 'b', 'c'], trajectory, {
      ...toolsDefaults,
      mode: 'subsequence',
      parallel: 'free',
    });

    expect(given.score, given.reason).toBe(1);
  });

  it('with parallel calls free passes only where some order within the messages does', () => {
    const twoSteps = fc.tuple(fc.array(toolCall, { maxLength: 3 }), fc.array(toolCall, { maxLength: 3 }));
    fc.assert(
      fc.property(
        expectedList,
        twoSteps,
        fc.constantFrom('strict', 'subsequence'),
        (expected, [one, two], mode) => {
          const trajectory = trajectoryOf({ input: 'x', messages: inMessages([one, two]), tool_calls: [] });

          const given = scoreTools(expected, trajectory, { ...toolsDefaults, mode, parallel: 'free' });

          const isAny = orders(one).some((first) =>
            orders(two).some((second) => slowly[mode](expected, [...first, ...second])),
          );
          expect(given.score === 1, given.reason).toBe(isAny);
        },
      ),
      { numRuns: 300 },
    );
  });
});

const inMessages = (steps: readonly (readonly ToolCall[])[]): Json[] => [
  { type: 'human', content: 'x' },
  ...steps.map((calls) => ({ type: 'ai', content: '', tool_calls: calls.map((one) => ({ ...one })) })),
];

const orders = (calls: readonly ToolCall[]): ToolCall[][] =>
  calls.length === 0
    ? [[]]
    : calls.flatMap((first, at) => orders(calls.toSpliced(at, 1)).map((others) => [first, ...others]));

describe('the other comparisons', () => {
  it('unordered gives one score to all orders of the calls and of what is expected', () => {
    fc.assert(
      fc.property(expectedList, callList, fc.nat(), (expected, calls, random) => {
        const turn = <T>(all: readonly T[]): T[] => {
          const at = all.length === 0 ? 0 : random % all.length;
          return [...all.slice(at), ...all.slice(0, at)].reverse();
        };

        const given = score(expected, calls, 'unordered');

        expect(score(expected, turn(calls), 'unordered')).toBe(given);
        expect(score(turn(expected), calls, 'unordered')).toBe(given);
      }),
    );
  });

  it('subset of these is superset of those', () => {
    fc.assert(
      fc.property(someCalls, someCalls, (these, those) => {
        expect(score(asExpected(these), those, 'subset')).toBe(score(asExpected(those), these, 'superset'));
      }),
    );
  });

  it('what passes a narrow one passes the wider ones', () => {
    fc.assert(
      fc.property(expectedList, callList, (expected, calls) => {
        const is = Object.fromEntries(toolModes.map((mode) => [mode, passes(expected, calls, mode)]));

        if (is['strict']) expect(is).toMatchObject({ unordered: true, subsequence: true });
        if (is['subsequence']) expect(is).toMatchObject({ superset: true });
        expect(is['unordered']).toBe(is['subset'] === true && is['superset'] === true);
      }),
    );
  });
});

describe('messages of any shape', () => {
  const keys = fc.constantFrom(
    'type',
    'role',
    'content',
    'tool_calls',
    'function',
    'name',
    'args',
    'id',
    'kwargs',
    'data',
  );
  const values = fc.constantFrom<Json>(
    'ai',
    'assistant',
    'tool',
    'tool_use',
    'constructor',
    'wanted',
    '{}',
    '',
    null,
    {},
  );
  const { message } = fc.letrec<{ message: Json }>((tie) => ({
    message: fc.oneof(
      { maxDepth: 4 },
      values,
      fc.array(tie('message'), { maxLength: 3 }),
      fc.dictionary(keys, fc.oneof(values, tie('message')), { maxKeys: 6 }) as fc.Arbitrary<Json>,
    ),
  }));

  it('are read without a throw, and none passes for a call that nobody made', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 4 }), message, (messages, input) => {
        const trajectory = trajectoryOf({ input, messages, tool_calls: [] });

        const { score: given } = scoreTools(['never called'], trajectory, {
          ...toolsDefaults,
          mode: 'superset',
        });

        expect(given).toBe(0);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a conversation', () => {
  const turns = fc.array(fc.record({ expected: expectedList, calls: callList }), {
    minLength: 1,
    maxLength: 4,
  });
  const made = (all: readonly { expected: readonly ExpectedTool[]; calls: readonly ToolCall[] }[]) =>
    all.map(({ expected, calls }): { expected: readonly ExpectedTool[]; trajectory: Trajectory } => ({
      expected,
      trajectory: ofCalls(calls),
    }));

  it.each(['strict', 'unordered'] as const)('passes whole, %s, where each of its turns does', (mode) => {
    fc.assert(
      fc.property(fc.array(callList, { minLength: 1, maxLength: 4 }), (steps) => {
        const all = steps.map((calls) => ({ expected: asExpected(calls), calls }));

        const { turns: byTurn, whole } = scoreConversation(made(all), null, { ...toolsDefaults, mode });

        expect(byTurn.map(({ score: given }) => given)).toEqual(steps.map(() => 1));
        expect(whole.score).toBe(1);
      }),
    );
  });

  it('is scored whole as all its calls in a row', () => {
    fc.assert(
      fc.property(turns, fc.constantFrom(...toolModes), (all, mode) => {
        const { whole } = scoreConversation(made(all), null, { ...toolsDefaults, mode });

        const expected = all.flatMap((turn) => turn.expected);
        const calls = all.flatMap((turn) => turn.calls);
        expect(whole.score).toBe(score(expected, calls, mode));
      }),
    );
  });
});
