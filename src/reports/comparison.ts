/** A comparison, for a person: verdict, scorers, what changed, what it takes. */

import type { RenderContext } from '../contracts.ts';
import type { Comparison, Flip, Interval, RatioComparison, ScorerComparison } from '../types.ts';
import { formatCount } from './figures.ts';
import { promptOf } from './prompt.ts';
import { type Palette, palette, visible, visibleLine } from './terminal.ts';
import { clip, columnsOf, fill, wrap } from './width.ts';

interface Page {
  readonly width: number;
  readonly paint: Palette;
}

const colours = { OK: 'green', REGRESSED: 'red', INCONCLUSIVE: 'yellow' } as const satisfies Record<
  Comparison['verdict'],
  keyof Palette
>;

/** Told of each way; the JSON has more. */
const mostFlips = 10;

/** What a person reads of two batches. */
export function renderComparison(
  comparison: Comparison,
  { width, colour }: Pick<RenderContext, 'width' | 'colour'>,
): string {
  const page = { width, paint: palette(colour) };
  const fell = comparison.flips.filter(({ baseline, candidate }) => candidate < baseline);
  const rose = comparison.flips.filter(({ baseline, candidate }) => candidate > baseline);
  const total = (of: 'lost' | 'gained') => comparison.scorers.reduce((sum, scorer) => sum + scorer[of], 0);
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
    section('Groups', groupLines(comparison, page), page),
    section(`Fell: ${formatCount(total('lost'))}`, flipsLines(fell, total('lost'), page), page),
    section(`Rose: ${formatCount(total('gained'))}`, flipsLines(rose, total('gained'), page), page),
    section(
      'To know',
      comparison.notes.flatMap((note) => indented(wrap(visibleLine(note), width - 2), 2)),
      page,
    ),
  ];
  const shown = sections.filter((lines) => lines.length > 0);
  return `${shown.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function section(title: string, lines: readonly string[], { paint }: Page): string[] {
  return lines.length === 0 ? [] : [paint.bold(title), ...lines];
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
function points(share: number): string {
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

function ratioLines({ name, ratio, interval, examples }: RatioComparison, page: Page): string[] {
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

function flipsLines(flips: readonly Flip[], total: number, page: Page): string[] {
  const shown = flips.slice(0, mostFlips).flatMap((flip) => ['', ...flipLines(flip, page)]);
  const more = total - Math.min(flips.length, mostFlips);
  const rest =
    more > 0
      ? [
          '',
          ...indented(
            wrap(`and ${formatCount(more)} more: --format json tells up to 100 of each`, page.width - 2),
            2,
          ),
        ]
      : [];
  return [...shown.slice(1), ...rest];
}

function flipLines(flip: Flip, { width, paint }: Page): string[] {
  const { id, scorer, baseline, candidate, input, expected, baseline_response, candidate_response } = flip;
  const retried = flip.after_retry ? ', after a retry' : '';
  const title = `${short(baseline)} → ${short(candidate)} ${visibleLine(scorer)}${retried}`;
  const texts: readonly (readonly [string, string | null])[] = [
    ['asked', promptOf(input)],
    ['expected', expected === null ? null : textOf(expected)],
    ['was', baseline_response],
    ['is', candidate_response],
    ['why', flip.reason],
  ];
  const room = width - 13;
  return [
    ...fill([clip(visibleLine(id), width - 2), title], width - 2).map((line, at) =>
      at === 0 ? `  ${paint.bold(line)}` : `  ${line}`,
    ),
    ...texts
      .filter(([, text]) => text !== null && text !== 'null')
      .map(([name, text]) => `    ${name.padEnd(8)} ${clip(visibleLine(text ?? ''), room)}`),
  ];
}

const short = (value: number) => String(Number(value.toFixed(3)));

const textOf = (value: Flip['expected']) => (typeof value === 'string' ? value : JSON.stringify(value));

/** A name, then pieces that are never broken, going on under each other where one line is too short. */
function labelled(name: string, pieces: readonly string[], { width }: Page): string[] {
  const [first, ...others] = fill(pieces.map(visible), width - 13);
  return first === undefined ? [] : [`  ${name.padEnd(10)} ${first}`, ...indented(others, 13)];
}

const indented = (lines: readonly string[], columns: number) =>
  lines.map((line) => `${' '.repeat(columns)}${line}`);
