/** What a batch comes to beside the last good ones, as Markdown. */

import type { DriftFacts } from '../drift-types.ts';
import { formatCount } from './figures.ts';
import { tableRows } from './markdown-scores.ts';
import { code, prose, table } from './markdown-text.ts';

/** UTF-16 units kept of what others wrote. */
const longest = { name: 100, sentence: 2_000 } as const;

export function driftLines(drift: DriftFacts | null): string[] {
  if (drift === null) return [];
  const { state, changed, sentence, since, baseline, watched } = drift;
  const { head, rows } = table(
    ['watched', 'state', 'this batch', 'added up', 'of'],
    'llrrr',
    watched.map((each) => [
      each.scorer === null ? 'failed to run' : code(each.scorer, longest.name),
      each.state,
      each.evidence === null ? '–' : each.evidence.toFixed(2),
      each.statistic.toFixed(2),
      each.threshold.toFixed(2),
    ]),
  );
  const when = changed ? 'from this batch on' : since === null ? 'all along' : `since ${since}`;
  return [
    '### Since the last good ones',
    '',
    `**${state}** ${when}, beside ${formatCount(baseline.length)} before it: ${prose(sentence, longest.sentence)}`,
    ...(rows.length === 0 ? [] : ['', head, ...tableRows(rows, 40_000, 'scorers')]),
  ];
}
