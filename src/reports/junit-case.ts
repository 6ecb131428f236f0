/** A turn, a gate or a comparison as a test case: whether it passed, and what a person reads if not. Pure. */

import { crc32 } from 'node:zlib';
import type { Comparison } from '../comparison-types.ts';
import type { DriftFacts } from '../drift-types.ts';
import type { GateResult, Summary } from '../summary-types.ts';
import type { Failure, JobRecord, Score } from '../types.ts';
import { adviceFor } from './advice.ts';
import { isLow, shownScore } from './low-scores.ts';
import { expectedText, promptOf } from './prompt.ts';
import { shorten } from './shorten.ts';

/** A word for each element of a test case; `passed` has none. */
export type CaseStatus = 'passed' | 'failure' | 'error' | 'skipped';

export interface TestCase {
  readonly name: string;
  readonly status: CaseStatus;
  /** Of a case that did not pass. A sort of cause, such as a failure's code. */
  readonly type: string;
  /** One line. */
  readonly message: string;
  /** Lines, the message among them: GitLab shows no attribute. */
  readonly body: readonly string[];
  readonly timeMs: number | null;
}

/** UTF-16 units kept of what others wrote. */
const longest = { id: 200, text: 1_000, message: 300 } as const;
const mostScores = 20;
const mostFlips = 20;

/** Of a turn: what its scores say; where it has none, how it ended. */
export function statusOf({ outcome, scores }: JobRecord): CaseStatus {
  if (outcome === 'error') return 'error';
  const all = Object.values(scores);
  if (all.some(isLow)) return 'failure';
  const isScored = all.some(({ value }) => value !== null);
  return isScored || (outcome === 'success' && all.length === 0) ? 'passed' : 'skipped';
}

/** @param hasTrials Are there several of an example? Then each is named. */
export function caseOf(record: JobRecord, hasTrials: boolean): TestCase {
  const status = statusOf(record);
  const name = nameOf(record, hasTrials);
  const timeMs = record.latency_ms;
  if (status === 'passed') return passed(name, timeMs);
  const { type, lines } = status === 'failure' ? lowScores(record) : troubleOf(record, status);
  const body = [...lines, '', ...contextOf(record)];
  return { name, status, type, message: messageOf(lines), body, timeMs };
}

const passed = (name: string, timeMs: number | null = null): TestCase => ({
  name,
  status: 'passed',
  type: '',
  message: '',
  body: [],
  timeMs,
});

const messageOf = ([first = '']: readonly string[]) => shorten(first, longest.message);

function nameOf({ id, trial, turn }: JobRecord, hasTrials: boolean): string {
  const parts = [shownId(id)];
  if (hasTrials) parts.push(`trial ${trial}`);
  if (turn !== null) parts.push(`turn ${turn}`);
  return parts.join(' · ');
}

/** Names are to differ, those of long ids too. */
const shownId = (id: string) =>
  id.length <= longest.id ? id : `${shorten(id, longest.id)}${crc32(id).toString(16)}`;

function lowScores({ scores }: JobRecord): { type: string; lines: string[] } {
  const bad = Object.entries(scores).filter(([, score]) => isLow(score));
  const lines = bad.slice(0, mostScores).map(([name, score]) => scoreLine(name, score));
  if (bad.length > mostScores) lines.push(`and ${bad.length - mostScores} more scores below 1`);
  return { type: bad[0]?.[0] ?? '', lines };
}

const scoreLine = (name: string, { value, reason }: Score) =>
  `${name}: ${value === null ? 'not scored' : shownScore(value)}${reason === null ? '' : `: ${shorten(reason, longest.text)}`}`;

function troubleOf(record: JobRecord, status: CaseStatus): { type: string; lines: string[] } {
  const { failure, outcome, scores } = record;
  if (status === 'skipped' && outcome === 'success') {
    const lines = Object.entries(scores)
      .slice(0, mostScores)
      .map(([name, score]) => scoreLine(name, score));
    return { type: 'not scored', lines };
  }
  if (failure === null) return { type: outcome, lines: [`${outcome}: the record gives no reason`] };
  return { type: failure.code, lines: failureLines(failure, outcome) };
}

function failureLines(failure: Failure, outcome: JobRecord['outcome']): string[] {
  const { kind, code, message } = failure;
  const { meaning, cure } = adviceFor(failure);
  const ended = outcome === 'error' ? '' : `${outcome}: `;
  return [`${ended}${code} (${kind}): ${shorten(message, longest.text)}`, meaning, `→ ${cure}`];
}

function contextOf({ input, expected, response, thread_id, run_id }: JobRecord): string[] {
  const texts = {
    asked: promptOf(input),
    expected: expectedText(expected),
    answered: response,
    thread: thread_id,
    run: run_id,
  };
  return Object.entries(texts).flatMap(([name, text]) =>
    text === null ? [] : [`${name}: ${shorten(text, longest.text)}`],
  );
}

/** What the batch comes to: its verdict, each gate, the comparison in all and by scorer. */
export function gateCases({ verdict, stop, gates, comparison, drift }: Summary): TestCase[] {
  const { exit_code, sentence } = verdict;
  const why = [
    `${verdict.verdict}: ${sentence}`,
    ...(stop === null ? [] : [shorten(stop.message, longest.text)]),
  ];
  return [
    exit_code === 0
      ? passed('verdict')
      : notPassed('verdict', exit_code === 1 ? 'failure' : 'error', verdict.verdict, why),
    ...gates.map(gateCase),
    ...(drift === null ? [] : [driftCase(drift)]),
    ...(comparison === null ? [] : comparisonCases(comparison, drift === null)),
  ];
}

function notPassed(name: string, status: CaseStatus, type: string, body: readonly string[]): TestCase {
  return { name, status, type, message: messageOf(body), body, timeMs: null };
}

function gateCase({ gate, holds, sentence }: GateResult): TestCase {
  const name = `gate ${shorten(gate, longest.id)}`;
  return holds ? passed(name) : notPassed(name, 'failure', 'gate', [shorten(sentence, longest.text)]);
}

const driftCase = ({ state, sentence }: DriftFacts): TestCase =>
  state === 'steady'
    ? passed('drift')
    : notPassed('drift', 'failure', 'REGRESSED', [`REGRESSED: ${shorten(sentence, longest.text)}`]);

/** One that decides nothing is skipped: whether that is good enough the verdict says. */
const comparisonStatus = { OK: 'passed', REGRESSED: 'failure', INCONCLUSIVE: 'skipped' } as const;

/** @param decides False: the drift does. */
function comparisonCases(comparison: Comparison, decides: boolean): TestCase[] {
  const { verdict, sentence, scorers } = comparison;
  const whole = { name: 'comparison', verdict, sentence, more: pairsLine(comparison) };
  const each = scorers.map(({ name, verdict, sentence }) => ({
    name: `comparison of ${shorten(name, longest.id)}`,
    verdict,
    sentence,
    more: flipLines(comparison, name),
  }));
  return [whole, ...each].map(({ name, verdict, sentence, more }) =>
    verdict === 'OK'
      ? passed(name)
      : notPassed(name, decides ? comparisonStatus[verdict] : 'skipped', verdict, [
          `${verdict}: ${shorten(sentence, longest.text)}`,
          ...more,
        ]),
  );
}

const pairsLine = ({ baseline, candidate, pairs }: Comparison) => [
  `baseline ${shorten(baseline.path, longest.text)}, candidate ${shorten(candidate.path, longest.text)}: ${pairs} examples in both`,
];

function flipLines({ flips }: Comparison, scorer: string): string[] {
  const fell = flips.filter((flip) => flip.scorer === scorer && flip.candidate < flip.baseline);
  const lines = fell
    .slice(0, mostFlips)
    .map(
      ({ id, baseline, candidate }) =>
        `${shorten(id, longest.id)}: ${shownScore(baseline)} → ${shownScore(candidate)}`,
    );
  return fell.length > mostFlips ? [...lines, `and ${fell.length - mostFlips} more that fell`] : lines;
}
