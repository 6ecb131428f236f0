/** Examples whose score changed, for a person. */

import type { Comparison, Flip } from '../comparison-types.ts';
import { formatCount } from './figures.ts';
import { indented, type Page, section } from './page.ts';
import { expectedText, promptOf } from './prompt.ts';
import { visibleLine } from './terminal.ts';
import { clip, fill, wrap } from './width.ts';

export interface Told {
  /** Of each way. */
  readonly most: number;
  /** Where the others are. */
  readonly more: string;
}

/** Those that fell, then those that rose, the farthest first. */
export function flipsSections({ flips, scorers }: Comparison, told: Told, page: Page): string[][] {
  const fell = flips.filter(({ baseline, candidate }) => candidate < baseline);
  const rose = flips.filter(({ baseline, candidate }) => candidate > baseline);
  const total = (of: 'lost' | 'gained') => scorers.reduce((sum, scorer) => sum + scorer[of], 0);
  return [
    section(`Fell: ${formatCount(total('lost'))}`, flipsLines(fell, total('lost'), told, page), page),
    section(`Rose: ${formatCount(total('gained'))}`, flipsLines(rose, total('gained'), told, page), page),
  ];
}

function flipsLines(
  flips: readonly Flip[],
  total: number,
  { most, more: where }: Told,
  page: Page,
): string[] {
  const shown = flips.slice(0, most).flatMap((flip) => ['', ...flipLines(flip, page)]);
  const more = total - Math.min(flips.length, most);
  const rest =
    more > 0 ? ['', ...indented(wrap(`and ${formatCount(more)} more: ${where}`, page.width - 2), 2)] : [];
  return [...shown.slice(1), ...rest];
}

function flipLines(flip: Flip, { width, paint }: Page): string[] {
  const { id, scorer, baseline, candidate, input, expected, baseline_response, candidate_response } = flip;
  const retried = flip.after_retry ? ', after a retry' : '';
  const title = `${short(baseline)} → ${short(candidate)} ${visibleLine(scorer)}${retried}`;
  const texts: readonly (readonly [string, string | null])[] = [
    ['asked', promptOf(input)],
    ['expected', expectedText(expected)],
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
