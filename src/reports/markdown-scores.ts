/** Gates and scores as Markdown. */

import type { GateResult, ScoreFigures, Share, Steadiness } from '../summary-types.ts';
import type { Interval } from '../types.ts';
import { formatCount } from './figures.ts';
import { code, firstThatFit, prose, table } from './markdown-text.ts';

/** UTF-16 units kept of what others wrote. */
const longest = { name: 100, gate: 200, sentence: 1_000, id: 100 } as const;

export const figure = (value: number | null): string => (value === null ? '–' : value.toFixed(3));
const range = (interval: Interval | null) =>
  interval === null ? '–' : `${figure(interval.low)} to ${figure(interval.high)}`;
const name = (text: string) => code(text, longest.name);

/** Those that do not hold first. */
export function gateLines(gates: readonly GateResult[]): string[] {
  if (gates.length === 0) return [];
  const { head, rows } = table(
    ['gate', 'holds', 'seen'],
    'lll',
    [...gates]
      .sort(brokenFirst)
      .map(({ gate, holds, sentence }) => [
        code(gate, longest.gate),
        holds ? '✅ yes' : '❌ **no**',
        prose(sentence, longest.sentence),
      ]),
  );
  return ['### Gates', '', head, ...tableRows(rows, 60_000, 'gates')];
}

const brokenFirst = (one: GateResult, other: GateResult) => Number(one.holds) - Number(other.holds);

export const tableRows = (rows: readonly string[], mostBytes: number, what: string): string[] =>
  firstThatFit(rows, { mostBytes }, (left) => `\n${formatCount(left)} more ${what} left out.`);

export function scoreLines(scores: readonly ScoreFigures[]): string[] {
  if (scores.length === 0) return [];
  const { head, rows } = table(
    [
      'scorer',
      'mean',
      '95 % interval',
      'errors as 0',
      'examples',
      'scored',
      'not scored',
      'failed',
      'waiting',
    ],
    'lrrrrrrrr',
    scores.map((each) => [
      name(each.name),
      `**${figure(each.mean)}**`,
      range(each.interval),
      figure(each.mean_errors_as_fail),
      ...[each.examples, each.scored, each.not_scored, each.failed, each.interrupted].map(formatCount),
    ]),
  );
  const cautions = scores.flatMap(({ name: of, caution }) =>
    caution === null ? [] : [`- ${name(of)}: ${prose(caution, longest.sentence)}`],
  );
  return [
    '### Scores',
    '',
    head,
    ...tableRows(rows, 40_000, 'scorers'),
    ...listOf(cautions, 20_000, 'cautions'),
    ...repeatLines(scores),
  ];
}

const listOf = (items: readonly string[], mostBytes: number, what: string) =>
  items.length === 0
    ? []
    : [
        '',
        ...firstThatFit(items, { mostBytes }, (left) => `- and ${formatCount(left)} more ${what}, left out`),
      ];

/** How surely k trials are good, and which examples are good now and then. */
function repeatLines(scores: readonly ScoreFigures[]): string[] {
  const repeated = scores.flatMap(({ name: of, repeats }) =>
    repeats.filter(({ k }) => k > 1).map((each) => ({ of, each })),
  );
  const { head, rows } = table(
    ['scorer', 'k', '`pass^k`', '95 % interval', '`pass@k`', '95 % interval', 'with fewer trials'],
    'lrrrrrr',
    repeated.map(({ of, each: { k, pass_hat_k, pass_at_k, left_out } }) => [
      name(of),
      formatCount(k),
      ...shareCells(pass_hat_k),
      ...shareCells(pass_at_k),
      formatCount(left_out),
    ]),
  );
  const ids = scores.flatMap(({ name: of, steadiness }) => steadinessItems(of, steadiness));
  const shown = rows.length === 0 ? [] : ['', head, ...tableRows(rows, 20_000, 'scorers')];
  return [...shown, ...listOf(ids, 40_000, 'lists of examples')];
}

const shareCells = (share: Share | null) => [figure(share?.mean ?? null), range(share?.interval ?? null)];

function steadinessItems(of: string, steadiness: Steadiness | null): string[] {
  if (steadiness === null) return [];
  const { steady, flaky, broken, flaky_ids, broken_ids } = steadiness;
  const all = `all trials good: ${formatCount(steady)}`;
  return [`- ${name(of)}: ${all}${idsOf('some', flaky, flaky_ids)}${idsOf('none', broken, broken_ids)}`];
}

function idsOf(what: string, count: number, ids: readonly string[]): string {
  if (count === 0) return '';
  const shown = ids.map((id) => code(id, longest.id)).join(', ');
  const more = count > ids.length ? ` and ${formatCount(count - ids.length)} more` : '';
  return `; ${what}: ${formatCount(count)} (${shown}${more})`;
}
