/** How well a turn's calls, or a whole conversation's, are those expected. Pure. */

import type { ExpectedTool } from '../../types.ts';
import { type Comparison, compareCalls, type Row, type ToolMode } from './compare.ts';
import { callText, diffLines } from './diff.ts';
import { type ArgsMode, expectationFaults, fits, wantedOf } from './expected.ts';
import { type Breach, breaches, hasRules, isNamed, type Rules } from './rules.ts';
import { type Call, callAt, type Trajectory } from './trajectory.ts';

/** How calls are compared with what is expected. */
export interface ToolsOptions extends Rules {
  readonly mode: ToolMode;
  readonly args: ArgsMode;
  /** `in-order`: as the message names them · `free`: calls of one message may come in any order. */
  readonly parallel: 'in-order' | 'free';
  /** Calls whose tool failed, or that a human refused: `counted` as calls · `left-out`: as if they were not. */
  readonly failed: 'counted' | 'left-out';
  /** Tools that are not compared, e.g. `transfer_to_*`; `*` in a name stands for any characters. */
  readonly ignored: readonly string[];
}

export const toolsDefaults = {
  mode: 'strict',
  args: 'exact',
  parallel: 'in-order',
  failed: 'counted',
  ignored: [],
  forbidden: [],
  mostCalls: null,
  isRepeatForbidden: false,
} as const satisfies ToolsOptions;

/** `score` is 1 where it passes and only there; null where nothing is expected. */
export interface ToolsScore {
  readonly score: number | null;
  /** What a person reads: a line that says how it went, then a line a call. */
  readonly reason: string;
}

export type Expected = readonly ExpectedTool[] | null | undefined;

/** A broken rule and a trajectory that is not known whole are worth 0, an expectation that cannot be read is none. */
export function scoreTools(expected: Expected, trajectory: Trajectory, options: ToolsOptions): ToolsScore {
  const isExpected = expected !== null && expected !== undefined;
  if (!isExpected && !hasRules(options))
    return { score: null, reason: 'no tools are expected of this example' };
  const [fault] = isExpected ? expectationFaults(expected) : [];
  if (fault !== undefined) return { score: null, reason: fault };
  if (trajectory.problems.length > 0) return { score: 0, reason: problemsText(trajectory.problems) };
  const calls = trajectory.calls.filter(
    ({ name, hasFailed }) => !isNamed(name, options.ignored) && !(hasFailed && options.failed === 'left-out'),
  );
  const broken = breaches(options, trajectory.calls, calls);
  const comparison = isExpected ? compared(expected, calls, options) : null;
  if (broken.length > 0) return { score: 0, reason: breachText(broken, comparison) };
  if (comparison === null) return { score: 1, reason: `no rule is broken, ${callCount(calls.length)}` };
  return { score: comparison.score, reason: comparisonText(comparison, calls, options.mode) };
}

/** A turn of a conversation: what it was to call, and what it called. */
export interface ToolsTurn {
  readonly expected: Expected;
  readonly trajectory: Trajectory;
}

/** The scores of its turns, in order, and that of all their calls in a row. */
export interface ConversationScore {
  readonly turns: readonly ToolsScore[];
  readonly whole: ToolsScore;
}

/**
 * Scores a conversation by turn and whole.
 *
 * @param expected Of the conversation as a whole, as a dataset says it where a conversation is one row. Else it is what
 *   its turns expect in a row, and unknown where one of them expects nothing that is known.
 */
export function scoreConversation(
  turns: readonly ToolsTurn[],
  expected: Expected,
  options: ToolsOptions,
): ConversationScore {
  return {
    turns: turns.map((turn) => scoreTools(turn.expected, turn.trajectory, options)),
    whole: scoreTools(expected ?? inARow(turns), joined(turns), options),
  };
}

function inARow(turns: readonly ToolsTurn[]): Expected {
  const all = turns.map(({ expected }) => expected ?? null);
  return all.length > 0 && all.every((expected) => expected !== null) ? all.flat() : null;
}

function joined(turns: readonly ToolsTurn[]): Trajectory {
  const calls: Call[] = [];
  const problems: string[] = [];
  let firstStep = 0;
  for (const [turn, { trajectory }] of turns.entries()) {
    for (const call of trajectory.calls) calls.push(callAt(call, firstStep + call.step, call.hasFailed));
    problems.push(...trajectory.problems.map((problem) => `turn ${turn + 1}: ${problem}`));
    firstStep = (calls.at(-1)?.step ?? -1) + 1;
  }
  return { calls, problems };
}

const compared = (
  expected: readonly ExpectedTool[],
  calls: readonly Call[],
  { mode, args, parallel }: ToolsOptions,
): Comparison =>
  compareCalls(
    { wanted: expected.map(wantedOf), calls, fits: (wanted, call) => fits(wanted, call, args) },
    mode,
    parallel === 'free',
  );

const mostProblems = 3;

function problemsText(problems: readonly string[]): string {
  const left = problems.length - mostProblems;
  return [...problems.slice(0, mostProblems), ...(left > 0 ? [`… and ${left} more`] : [])].join('\n');
}

const breachText = (broken: readonly Breach[], comparison: Comparison | null): string =>
  [
    ...broken
      .slice(0, mostProblems)
      .map(({ call, told }) => (call === null ? told : `${callText(call)} ${told}`)),
    ...(broken.length > mostProblems ? [`… and ${broken.length - mostProblems} more`] : []),
    ...(comparison === null || comparison.score === 1 ? [] : diffLines(comparison.rows)),
  ].join('\n');

function comparisonText({ score, rows }: Comparison, calls: readonly Call[], mode: ToolMode): string {
  if (score === 1) return `${mode}: as expected, ${callCount(calls.length)}`;
  const count = (is: (row: Row) => boolean) => rows.filter(is).length;
  const faults = [
    [count(({ sign, isMoved }) => sign === 'missing' && isMoved), 'in another place'],
    [count(({ sign, isMoved }) => sign === 'missing' && !isMoved), 'missing'],
    [count(({ sign, isMoved }) => sign === 'extra' && !isMoved), 'not expected'],
    [count(({ sign }) => sign === 'args'), 'with other arguments'],
  ] as const;
  const told = faults.filter(([many]) => many > 0).map(([many, what]) => `${many} ${what}`);
  return [`${mode}: ${told.join(', ')}, of ${callCount(calls.length)}`, ...diffLines(rows)].join('\n');
}

const callCount = (many: number): string =>
  many === 1 ? '1 call' : many === 0 ? 'no call' : `${many} calls`;
