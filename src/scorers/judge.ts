import type { Judge, Scorer, ScorerKind } from '../contracts.ts';
import { ConfigError } from '../errors.ts';
import type { Input, Json, Score, UnscoredRecord } from '../types.ts';
import { JudgePrompt, rubricOfExpectation } from './judge-prompt.ts';
import { readVerdict } from './judge-verdict.ts';
import { answerOf, notScored } from './score.ts';

export const noJudge =
  'expected a judge: --judge-url with --judge-model, or --judge-agent (docs/guide/judge.md), got neither';

export const judge: ScorerKind = {
  judges: 'a model, or an assistant, finds the rubric met; less where it is met in part',
  argument: 'the rubric, such as "is polite"; without one the answer is judged by what is expected',
  create: (argument, { judge: asked = null }) => {
    if (asked === null) throw new ConfigError(`judge: ${noJudge}`);
    const prompt = new JudgePrompt(asked.template);
    const rubric = argument?.trim() ?? null;
    const fault = rubric === '' ? 'expected a rubric behind the colon, got nothing' : prompt.fault();
    if (fault !== null) throw new ConfigError(`judge: ${fault}`);
    if (rubric !== null && !prompt.holds('rubric'))
      throw new ConfigError('judge: --judge-prompt: expected {{rubric}} in it, as a rubric is given');
    const scorer: Scorer = {
      needsExpected: rubric === null && (prompt.holds('expected') || prompt.holds('rubric')),
      score: (record) => judgeBy(rubric ?? rubricOfExpectation, record, asked),
    };
    return scorer;
  },
};

const longestReason = 2_000;
const longestReply = 20_000;

/** What a judge says of an answer. Not scored where it says nothing that can be read. */
export async function judgeBy(rubric: string, record: UnscoredRecord, asked: Judge): Promise<Score> {
  const prompt = new JudgePrompt(asked.template);
  const question = prompt.question(rubric, {
    input: textOf(record.input as Input),
    expected: textOf(record.expected),
    answer: answerOf(record),
  });
  const reply = await asked.ask({
    ...question,
    isReadable: (text) => typeof readVerdict(text) !== 'string',
  });
  const judgement = {
    model: asked.model,
    prompt: prompt.hash(rubric),
    temperature: asked.temperature,
    raw: reply.text?.slice(0, longestReply) ?? null,
  };
  if (reply.text === null) return { ...notScored(reply.why), judge: judgement };
  const verdict = readVerdict(reply.text);
  if (typeof verdict === 'string') return { ...notScored(verdict), judge: judgement };
  const reason = verdict.reason.slice(0, longestReason) || 'the judge gave no reason';
  return { value: verdict.score, reason, judge: judgement };
}

const textOf = (value: Json): string =>
  value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);
