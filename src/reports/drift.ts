/** A batch beside the last good ones, for a person: what holds, what has added up, what is otherwise than it was. */

import type { Comparison } from '../comparison-types.ts';
import type { DriftFacts, Watched } from '../drift-types.ts';
import type { Summary } from '../summary-types.ts';
import { points, ratioLines, toolLines } from './comparison.ts';
import { formatCount, formatShare } from './figures.ts';
import { labelled, type Page, section } from './page.ts';
import { visibleLine } from './terminal.ts';
import { clip } from './width.ts';

/** None without drift, and where there was nothing to compare with. */
export function driftSection({ drift, comparison }: Summary, page: Page): string[] {
  if (drift === null || drift.watched.length === 0) return [];
  const lines = [
    ...labelled('state', statePieces(drift), page),
    ...drift.watched.flatMap((watched) => watchedLines(watched, comparison, page)),
    ...(comparison === null ? [] : besideLines(comparison, page)),
  ];
  return section('Since the last good ones', lines, page);
}

function statePieces({ state, changed, since, baseline }: DriftFacts): string[] {
  const when = changed ? 'from this batch on,' : since === null ? 'all along,' : `since ${since},`;
  return [state, when, `beside ${formatCount(baseline.length)}`, 'before it'];
}

/** What tells the two apart: of a name no more is shown. */
const widestName = 12;

function watchedLines({ scorer, statistic, threshold }: Watched, comparison: Comparison | null, page: Page) {
  const added = `${statistic.toFixed(2)} of ${threshold.toFixed(2)}`;
  const name = scorer === null ? 'failed' : clip(visibleLine(scorer), widestName);
  const means = comparison === null ? [] : scorer === null ? failed(comparison) : scored(scorer, comparison);
  return labelled(name, [...means, `${added} added up`], page);
}

function scored(name: string, { scorers }: Comparison): string[] {
  const {
    baseline = null,
    candidate = null,
    difference = null,
  } = scorers.find((one) => one.name === name) ?? {};
  if (baseline === null || candidate === null || difference === null) return [];
  return [`${baseline.toFixed(3)} → ${candidate.toFixed(3)},`, `${points(difference)} points;`];
}

/** Of all turns. */
function failed({ turns }: Comparison): string[] {
  const shareOf = ({ failed, ...others }: Comparison['turns']['baseline']) =>
    formatShare(failed, failed + Object.values(others).reduce((sum, count) => sum + count, 0));
  return [`${shareOf(turns.baseline)} → ${shareOf(turns.candidate)};`];
}

function besideLines(comparison: Comparison, page: Page): string[] {
  const [before, now] = [comparison.baseline, comparison.candidate].map(({ agent_version }) =>
    visibleLine(agent_version ?? 'unknown'),
  );
  const agent = before === now ? [`${now}, as before`] : [`${before} →`, `${now}`];
  return [
    ...labelled('by itself', [`${comparison.verdict},`, 'which decides nothing'], page),
    ...comparison.ratios.flatMap((ratio) => ratioLines(ratio, page)),
    ...toolLines(comparison, page),
    ...labelled('agent', agent, page),
  ];
}
