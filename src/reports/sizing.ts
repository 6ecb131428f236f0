/** How many examples and repeats a question needs, for a person. */

import type { Sizing } from '../comparison-types.ts';
import type { RenderContext } from '../contracts.ts';
import { formatCount } from './figures.ts';
import { indented } from './page.ts';
import { palette, visibleLine } from './terminal.ts';
import { clip, wrap } from './width.ts';

export interface SizingReport {
  readonly batch: string;
  readonly drop: number;
  readonly alpha: number;
  readonly power: number;
  /** Null: fewer than two of its examples have a score. */
  readonly scorers: readonly { readonly name: string; readonly sizing: Sizing | null }[];
}

export function renderSizing(
  report: SizingReport,
  { width, colour }: Pick<RenderContext, 'width' | 'colour'>,
): string {
  const { drop, alpha, power, batch } = report;
  const paint = palette(colour);
  const head = `To find a drop of ${points(drop)} in ${percent(power)} of cases, or to rule it out, with false alarms in ${percent(alpha / 2)}, by the scores of ${visibleLine(batch)}:`;
  const sections = report.scorers.map(({ name, sizing }) => [
    paint.bold(clip(visibleLine(name), width)),
    ...(sizing === null
      ? indented(
          wrap('fewer than two of its examples have a score: nothing tells how they vary', width - 2),
          2,
        )
      : scorerLines(sizing, report, width)),
  ]);
  return `${[wrap(head, width), ...sections].map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function scorerLines(sizing: Sizing, { drop, power }: SizingReport, width: number): string[] {
  const { examples, trials, mean, needed, asItIs, isAssumed } = sizing;
  const each = Number(trials.toFixed(1));
  const seen = `mean ${mean.toFixed(3)} on ${formatCount(examples)} examples of ${each} ${each === 1 ? 'trial' : 'trials'}`;
  const assumed =
    'No example was asked twice, so all of a score is taken for chance: these are rather too many. A batch with --repeat 3 tells better.';
  const now = `With ${formatCount(examples)} examples and ${each} ${each === 1 ? 'trial' : 'trials'} a drop of ${points(asItIs.smallestDrop)} is found in ${percent(power)} of cases, and one of ${points(drop)} in ${percent(asItIs.power)}.`;
  const repeats =
    asItIs.trials === null
      ? 'No number of repeats of these examples would do: more examples are needed.'
      : `${asItIs.trials} ${asItIs.trials === 1 ? 'trial' : 'trials'} of each of these, in both batches, would do.`;
  const rows = needed.map(
    (row) => `${String(row.trials).padStart(6)}  ${formatCount(row.examples).padStart(8)}`,
  );
  return [
    ...indented(wrap(seen, width - 2), 2),
    ...indented(['trials  examples', ...rows], 2),
    ...indented(wrap(now, width - 2), 2),
    ...indented(wrap(repeats, width - 2), 2),
    ...(isAssumed ? indented(wrap(assumed, width - 2), 2) : []),
  ];
}

const points = (share: number) => `${(100 * share).toFixed(1)} points`;

const percent = (share: number) => `${Number((100 * share).toFixed(1))} %`;
