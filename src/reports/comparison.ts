/** A comparison, for a person: verdict, scorers, what changed, what it takes. */

import type { Comparison, RatioComparison, ScorerComparison } from '../comparison-types.ts';
import type { RenderContext } from '../contracts.ts';
import type { Interval } from '../types.ts';
import { formatCount } from './figures.ts';
import { flipsSections } from './flips.ts';
import { indented, labelled, type Page, section } from './page.ts';
import { type Palette, palette, visibleLine } from './terminal.ts';
import { clip, columnsOf, fill, wrap } from './width.ts';

/** Told of each way. */
const mostFlips = 10;

const colours = { OK: 'green', REGRESSED: 'red', INCONCLUSIVE: 'yellow' } as const satisfies Record<
  Comparison['verdict'],
  keyof Palette
>;

/** What a person reads of two batches. */
export function renderComparison(
  comparison: Comparison,
  { width, colour }: Pick<RenderContext, 'width' | 'colour'>,
): string {
  const page = { width, paint: palette(colour) };
  const sections = [
    verdictLines(comparison, page),
    sidesLines(comparison, page),
    section(
      'Scores',
      comparison.scorers.flatMap((scorer) => scorerLines(scorer, page)),
      page,
    ),
    section('Turns', turnsLines(comparison), page),
    section(
      'It takes',
      comparison.ratios.flatMap((ratio) => ratioLines(ratio, page)),
      page,
    ),
    section('Tools', toolLines(comparison, page), page),
    section('Groups', groupLines(comparison, page), page),
    ...flipsSections(comparison, { most: mostFlips, more: '--format json tells up to 100 of each' }, page),
    section(
      'To know',
      comparison.notes.flatMap((note) => indented(wrap(visibleLine(note), width - 2), 2)),
      page,
    ),
  ];
  const shown = sections.filter((lines) => lines.length > 0);
  return `${shown.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function verdictLines({ verdict, sentence }: Comparison, { width, paint }: Page): string[] {
  const [first = '', ...others] = wrap(`${verdict}: ${visibleLine(sentence)}`, width);
  return [`${paint.bold(paint[colours[verdict]](verdict))}${first.slice(verdict.length)}`, ...others];
}

function sidesLines(comparison: Comparison, page: Page): string[] {
  const { pairs } = comparison;
  const lines = (['baseline', 'candidate'] as const).flatMap((name) => {
    const { path, agent_version, examples } = comparison[name];
    const version = agent_version === null ? [] : [`agent ${visibleLine(agent_version)},`];
    return labelled(name, [`${visibleLine(path)}:`, ...version, `${formatCount(examples)} examples`], page);
  });
  return [...lines, ...labelled('compared', [`${formatCount(pairs)} of them, by id`], page)];
}

function scorerLines(scorer: ScorerComparison, page: Page): string[] {
  const { name, verdict, baseline, candidate, difference, interval, p, examples, lost, gained, caution } =
    scorer;
  const colour = page.paint[colours[verdict]];
  const shift = difference === null ? [] : [`${points(difference)}${bounds(interval, points)} points,`];
  const pieces = [
    `${score(baseline)} → ${score(candidate)}`,
    ...shift,
    `p ${p < 0.001 ? '< 0.001' : p.toFixed(3)};`,
    `${formatCount(lost)} fell,`,
    `${formatCount(gained)} rose`,
    `of ${formatCount(examples)}`,
  ];
  const cautions = caution === null ? [] : indented(wrap(visibleLine(caution), page.width - 4), 4);
  return [
    `  ${page.paint.bold(clip(visibleLine(name), page.width - verdict.length - 4))}  ${colour(verdict)}`,
    ...indented(fill(pieces, page.width - 4), 4),
    ...cautions,
  ];
}

const score = (value: number | null) => (value === null ? '–' : value.toFixed(3));

/** With its sign; a true minus, for people. */
export function points(share: number): string {
  const shown = Math.abs(100 * share).toFixed(1);
  return shown === '0.0' ? '0.0' : `${share < 0 ? '−' : '+'}${shown}`;
}

const bounds = (interval: Interval | null, shown: (value: number) => string) =>
  interval === null ? '' : ` [${shown(interval.low)}, ${shown(interval.high)}]`;

const fates = ['scored', 'not_scored', 'failed', 'interrupted', 'skipped'] as const;

/** Those that nobody has are left out, but for what was scored and what failed to run. */
function turnsLines({ turns }: Comparison): string[] {
  const shown = fates.filter(
    (fate) => fate === 'scored' || fate === 'failed' || turns.baseline[fate] + turns.candidate[fate] > 0,
  );
  const width = Math.max(...shown.map((fate) => formatCount(turns.baseline[fate]).length));
  return shown.map((fate) => {
    const before = formatCount(turns.baseline[fate]).padStart(width);
    return `  ${fate.replace('_', ' ').padEnd(12)} ${before} → ${formatCount(turns.candidate[fate])}`;
  });
}

const amounts = { latency_ms: 'latency', total_tokens: 'tokens', cost: 'cost' } as const;

export function ratioLines({ name, ratio, interval, examples }: RatioComparison, page: Page): string[] {
  if (ratio === null) return [];
  const shown = `${percent(ratio)}${bounds(interval, percent)}`;
  return labelled(amounts[name], [shown, `on ${formatCount(examples)} examples`], page);
}

/** `+12 %`: of 1.12. */
function percent(ratio: number): string {
  const more = 100 * (ratio - 1);
  const shown = Math.abs(more).toFixed(Math.abs(more) < 9.95 ? 1 : 0);
  return Number(shown) === 0 ? '0 %' : `${more < 0 ? '−' : '+'}${shown} %`;
}

const mostTools = 5;

/** Those that are called more or less often than before, the most changed first. */
export function toolLines({ tools }: Comparison, page: Page): string[] {
  const changed = tools.filter(({ baseline, candidate }) => calls(baseline) !== calls(candidate));
  return changed
    .slice(0, mostTools)
    .flatMap(({ name, baseline, candidate }) =>
      labelled(
        clip(visibleLine(name), widestName),
        [`${calls(baseline)} → ${calls(candidate)}`, 'calls a turn'],
        page,
      ),
    );
}

const widestName = 12;
const calls = (count: number) => count.toFixed(2);

function groupLines({ groups }: Comparison, page: Page): string[] {
  return groups.flatMap(({ value, scorer, examples, baseline, candidate }) => {
    const name = clip(value === '' ? '(none)' : visibleLine(value), page.width - 4);
    const pieces = [
      `${visibleLine(scorer)}`,
      `${score(baseline)} → ${score(candidate)},`,
      `${points(candidate - baseline)} points`,
      `on ${formatCount(examples)}`,
    ];
    const line = `  ${name}  ${pieces.join(' ')}`;
    return columnsOf(line) <= page.width
      ? [line]
      : [`  ${name}`, ...indented(fill(pieces, page.width - 4), 4)];
  });
}
