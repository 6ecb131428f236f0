import { actionsOf } from '../asked.ts';
import type { ScorerKind } from '../contracts.ts';
import { ConfigError } from '../errors.ts';
import type { ExpectedInterrupt, ExpectedTool, JobRecord, Json } from '../types.ts';
import { notScored, passed, shown } from './score.ts';
import { type ToolMode, toolModes } from './trajectory/compare.ts';
import { scoreTools, type ToolsScore, toolsDefaults } from './trajectory/score.ts';
import { type Call, callAt } from './trajectory/trajectory.ts';

export const interrupts: ScorerKind = {
  judges: 'the run stopped to ask a human what `expected_interrupts` says, answered or not',
  argument: `${toolModes.join(', ')}; strict is meant without one`,
  create: (argument) => {
    const mode = toolModes.find((known) => known === (argument?.trim() ?? 'strict'));
    if (mode === undefined) {
      throw new ConfigError(
        `interrupts: expected one of ${toolModes.join(', ')} behind the colon, got ${shown(argument ?? '')}`,
      );
    }
    return {
      needsExpected: false,
      judgesInterrupted: true,
      score: (record) => {
        const { expected_interrupts: expected, outcome } = record;
        if (expected === undefined) {
          return notScored(`the turn ended in ${outcome}; its example does not say what it stops to ask`);
        }
        const { score, reason } = compared(expected, record, mode);
        return score === 1 ? passed() : { value: score, reason };
      },
    };
  },
};

type Told = Pick<JobRecord, 'expected_interrupts' | 'answers' | 'interrupts' | 'outcome'>;

/** Does the turn wait, and is all that it asked what its example expects? */
export const asksAsExpected = (record: Told): boolean =>
  record.outcome === 'interrupted' &&
  record.expected_interrupts !== undefined &&
  compared(record.expected_interrupts, record, 'strict').score === 1;

/** What is asked at one stop may come in any order. */
const compared = (expected: readonly ExpectedInterrupt[], record: Told, mode: ToolMode): ToolsScore =>
  scoreTools(
    expected.map(asTool),
    { calls: askedIn(record), problems: [] },
    { ...toolsDefaults, mode, parallel: 'free' },
  );

/** A question is compared as if it were a tool of that name. */
const asTool = (expected: ExpectedInterrupt): ExpectedTool =>
  typeof expected === 'object' && 'question' in expected
    ? { name: 'question', args: { question: expected.question } }
    : expected;

/** All that the turn's runs asked, what was answered first. */
function askedIn({ answers = [], interrupts: waiting, outcome }: Told): readonly Call[] {
  const answered = answers.map(({ stop, interrupt_id: id, asked }) => ({ stop, id, asked }));
  const stop = (answers.at(-1)?.stop ?? 0) + 1;
  const now: typeof answered = waiting.map(({ id, value }) => ({ stop, id, asked: value }));
  // A breakpoint asks nothing, and waits all the same.
  if (outcome === 'interrupted' && waiting.length === 0) now.push({ stop, id: null, asked: null });
  return [...answered, ...now].flatMap((one) => callsOf(one.id, one.asked, one.stop));
}

const callsOf = (id: string | null, asked: Json, step: number): Call[] => {
  if (id === null && asked === null) return [callOf('breakpoint', {}, step)];
  return actionsOf(asked).map(({ tool, args, question }) =>
    tool === null ? callOf('question', { question }, step) : callOf(tool, args ?? {}, step),
  );
};

const callOf = (name: string, args: Json, step: number): Call =>
  callAt({ name, args, id: null, isReadable: name !== '' }, step, false);
