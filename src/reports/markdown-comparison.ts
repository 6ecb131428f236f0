/** What a comparison found, as Markdown. */

import type { Comparison, Flip, RatioComparison } from '../comparison-types.ts';
import { formatCount } from './figures.ts';
import { figure, tableRows } from './markdown-scores.ts';
import { code, firstThatFit, prose, table, textItems } from './markdown-text.ts';
import { expectedText, promptOf } from './prompt.ts';

/** UTF-16 units kept of what others wrote. */
const longest = { name: 100, sentence: 1_000, id: 100, text: 400, path: 300 } as const;
const mostFlips = 25;

const name = (text: string) => code(text, longest.name);
const signed = (value: number | null) =>
  value === null ? '–' : `${value > 0 ? '+' : value < 0 ? '−' : ''}${Math.abs(value).toFixed(3)}`;

export function comparisonLines(comparison: Comparison | null): string[] {
  if (comparison === null) return [];
  const { verdict, sentence, scorers, flips } = comparison;
  const { head, rows } = table(
    [
      'scorer',
      'baseline',
      'candidate',
      'difference',
      '95 % interval',
      'worse',
      'better',
      'examples',
      'verdict',
    ],
    'lrrrrrrrl',
    scorers.map((each) => [
      name(each.name),
      figure(each.baseline),
      figure(each.candidate),
      `**${signed(each.difference)}**`,
      each.interval === null ? '–' : `${signed(each.interval.low)} to ${signed(each.interval.high)}`,
      ...[each.lost, each.gained, each.examples].map(formatCount),
      each.verdict,
    ]),
  );
  const worse = flips.filter(({ baseline, candidate }) => candidate < baseline);
  const better = flips.filter(({ baseline, candidate }) => candidate > baseline);
  const sentences = scorers.map((each) => `- ${name(each.name)}: ${prose(each.sentence, longest.sentence)}`);
  return [
    '### Compared with the baseline',
    '',
    `**${verdict}**: ${prose(sentence, longest.sentence)}`,
    '',
    ...(rows.length === 0 ? [] : [head, ...tableRows(rows, 40_000, 'scorers'), '']),
    ...firstThatFit(
      sentences,
      { mostBytes: 30_000 },
      (left) => `- and ${formatCount(left)} more scorers, left out`,
    ),
    ...pairLines(comparison),
    ...comparison.ratios.flatMap(ratioLine),
    ...toolLines(comparison),
    ...flipLines('Worse than before', worse, sum(scorers.map(({ lost }) => lost))),
    ...flipLines('Better than before', better, sum(scorers.map(({ gained }) => gained))),
    ...groupLines(comparison),
  ];
}

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

function pairLines({ baseline, candidate, pairs, errors, ...left }: Comparison): string[] {
  const out = [
    [left.only_in_baseline, 'only in the baseline'],
    [left.only_in_candidate, 'only in this batch'],
    [left.inputs_differ, 'with another input'],
  ] as const;
  const told = out.flatMap(([count, why]) => (count === 0 ? [] : [`${formatCount(count)} ${why}`]));
  const leftOut = told.length === 0 ? '' : `; left out: ${told.join(', ')}`;
  const agents = [baseline, candidate].map(({ agent_version }) =>
    code(agent_version ?? 'unknown', longest.id),
  );
  return [
    `- ${formatCount(pairs)} examples in both${leftOut}`,
    `- baseline ${code(baseline.path, longest.path)}, agent version ${agents[0]}; now ${agents[1]}`,
    `- turns that ended in error: ${formatCount(errors.baseline)} before, ${formatCount(errors.candidate)} now`,
  ];
}

const ratioNames = { latency_ms: 'latency', total_tokens: 'tokens', cost: 'cost' } as const;

function ratioLine({ name: of, ratio, interval, examples }: RatioComparison): string[] {
  if (ratio === null) return [];
  const bounds =
    interval === null ? '' : ` (95 % interval ${percent(interval.low)} to ${percent(interval.high)})`;
  return [`- ${ratioNames[of]}: ${percent(ratio)}${bounds}, on ${formatCount(examples)} examples`];
}

/** `+10.0 %` of 1.1. */
const percent = (ratio: number) => `${ratio >= 1 ? '+' : '−'}${Math.abs(100 * (ratio - 1)).toFixed(1)} %`;

const mostTools = 5;

function toolLines({ tools }: Comparison): string[] {
  const calls = (count: number) => count.toFixed(2);
  return tools
    .filter(({ baseline, candidate }) => calls(baseline) !== calls(candidate))
    .slice(0, mostTools)
    .map(
      (tool) =>
        `- calls of ${name(tool.name)} a turn: ${calls(tool.baseline)} before, ${calls(tool.candidate)} now`,
    );
}

/** @param counted Those that are not among the flips too: of these only so many are kept. */
function flipLines(title: string, flips: readonly Flip[], counted: number): string[] {
  const total = Math.max(counted, flips.length);
  if (total === 0) return [];
  const room = { mostBytes: 150_000, most: mostFlips, total };
  const items = flips.slice(0, mostFlips).map(flipItem);
  const shown = firstThatFit(items, room, (left) => `- and ${formatCount(left)} more, left out`);
  return ['', `#### ${title}: ${formatCount(total)}`, '', ...shown];
}

function flipItem(flip: Flip): string {
  const retry = flip.after_retry ? ', an answer came only after a retry' : '';
  const texts = {
    asked: promptOf(flip.input),
    expected: expectedText(flip.expected),
    before: flip.baseline_response,
    now: flip.candidate_response,
    why: flip.reason,
  };
  const lines = textItems(texts, longest.text);
  const scores = `${figure(flip.baseline)} → ${figure(flip.candidate)}`;
  return [`- ${code(flip.id, longest.id)}, ${name(flip.scorer)} ${scores}${retry}`, ...lines].join('\n');
}

function groupLines({ groups }: Comparison): string[] {
  if (groups.length === 0) return [];
  const { head, rows } = table(
    ['group', 'scorer', 'examples', 'baseline', 'candidate'],
    'llrrr',
    groups.map(({ value, scorer, examples, baseline, candidate }) => [
      code(value, longest.name),
      name(scorer),
      formatCount(examples),
      figure(baseline),
      figure(candidate),
    ]),
  );
  return [
    '',
    '#### By group, for a look and not for a verdict',
    '',
    head,
    ...tableRows(rows, 40_000, 'groups'),
  ];
}
