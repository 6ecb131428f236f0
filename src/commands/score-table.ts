/** A batch's score figures, by the options that say how. */

import type { Config } from '../options.ts';
import type { BatchFiles } from '../results/files.ts';
import { readNewestScoring } from '../sinks/scores.ts';
import { ScoreTable } from '../stats/score-figures.ts';
import type { ScoreFigures, ScorerFacts } from '../types.ts';
import { newestByExample } from './newest-records.ts';

type TableOptions = Pick<Config, 'repeat' | 'gates'>;

/** With the figures that its gates ask for. */
export function scoreTable(scorers: readonly ScorerFacts[], { repeat, gates }: TableOptions): ScoreTable {
  const ks = gates.flatMap(({ metric }) =>
    metric.of === 'repeats' && metric.k !== null && metric.k <= repeat ? [metric.k] : [],
  );
  return new ScoreTable(scorers, { repeat, ks });
}

/** Figures of the newest scoring. @param scorers Of the batch's own. @throws JournalError */
export async function readScores(
  files: BatchFiles,
  scorers: readonly ScorerFacts[],
  options: TableOptions,
): Promise<ScoreFigures[]> {
  const scoring = await readNewestScoring(files.scores);
  const table = scoreTable(scoring?.facts.scorers ?? scorers, options);
  if (table.isEmpty) return [];
  for await (const records of newestByExample(files)) table.add(records);
  return table.figures();
}
