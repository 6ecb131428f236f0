import type { Scorer, ScorerKind, Talk } from '../contracts.ts';
import { areByTurn, toolsOfTurn } from '../expectation.ts';
import type { ExpectedTools, Score, UnscoredRecord } from '../types.ts';
import { notScored, partly } from './score.ts';
import { parseToolsArgument } from './tools-argument.ts';
import { expectationFaults } from './trajectory/expected.ts';
import { scoreConversation, scoreTools, type ToolsOptions, type ToolsScore } from './trajectory/score.ts';
import { trajectoryOf } from './trajectory/trajectory.ts';

export const tools: ScorerKind = {
  judges: 'the tools that expected_tools names were called',
  argument:
    'strict, unordered, subset, superset or subsequence, and rules with commas between, such as args=subset,forbid=delete_*,max=5',
  create: (argument) => {
    const { options, isWhole } = parseToolsArgument(argument);
    const scorer: Scorer = {
      needsExpected: false,
      fault: ({ expectedTools = [] }) => faultsOf(expectedTools).join('; ') || null,
      score: (record, talk = null) => {
        if (talk === null && isWhole && record.turn !== null) return notScored(notAtHand);
        if (talk === null || !(isWhole || isToldAsOne(record, talk)))
          return scoreOf(scoreTools(toolsOfTurn(record), trajectoryOf(record), options));
        return talk.isLast ? wholeScore(record, talk, options) : notScored(withTheLast);
      },
    };
    return scorer;
  },
};

const notAtHand =
  'the turns before this one are not at hand, so that the conversation cannot be compared as a whole';
const withTheLast = 'the conversation is compared as a whole: the score stands with its last turn';

const faultsOf = (expected: ExpectedTools): readonly string[] =>
  areByTurn(expected)
    ? expected.flatMap((tools, turn) => expectationFaults(tools ?? [], `expected_tools[${turn}]`))
    : expectationFaults(expected);

/** Is what the conversation expects told of all its turns at once? */
const isToldAsOne = ({ expected_tools: tools }: UnscoredRecord, { isOneRow }: Talk): boolean =>
  isOneRow && !(tools !== undefined && areByTurn(tools));

async function wholeScore(record: UnscoredRecord, talk: Talk, options: ToolsOptions): Promise<Score> {
  const turns = [...(await talk.earlier()), record].map((turn) => ({
    expected: toolsOfTurn(turn),
    trajectory: trajectoryOf(turn),
  }));
  const expected = isToldAsOne(record, talk) ? toolsOfTurn(record) : null;
  return scoreOf(scoreConversation(turns, expected, options).whole);
}

const scoreOf = ({ score, reason }: ToolsScore): Score =>
  score === null ? notScored(reason) : partly(score, reason);
