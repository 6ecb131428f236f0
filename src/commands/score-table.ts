/** A batch's score figures, by the options that say how. */

import type { Config } from '../options.ts';
import type { BatchFiles } from '../results/files.ts';
import { readNewestScoring } from '../sinks/scores.ts';
import { ScoreTable } from '../stats/score-figures.ts';
import type { ScoreFigures } from '../summary-types.ts';
import type { JobRecord, ScorerFacts } from '../types.ts';
import { JudgeAgreement } from './judge-agreement.ts';
import { newestByExample } from './newest-records.ts';

type TableOptions = Pick<Config, 'repeat' | 'gates' | 'clusterBy' | 'judgeLabels'>;

type Table = Pick<ScoreTable, 'isEmpty' | 'add' | 'figures'>;

/** With the figures that its gates ask for, and a judge's agreement with people where that is. */
export function scoreTable(
  scorers: readonly ScorerFacts[],
  { repeat, gates, clusterBy, judgeLabels }: TableOptions,
): Table {
  const ks = gates.flatMap(({ metric }) =>
    metric.of === 'repeats' && metric.k !== null && metric.k <= repeat ? [metric.k] : [],
  );
  const clusterOf = clusterBy === null ? undefined : byColumn(clusterBy);
  const table = new ScoreTable(scorers, { repeat, ks, clusterOf });
  return judgeLabels === null ? table : withAgreement(table, scorers, judgeLabels);
}

/** Rows without a value there stand alone. */
function byColumn(column: string): (record: JobRecord) => string | undefined {
  return ({ metadata }) => {
    const value = metadata[column];
    return value === undefined || value === null || value === '' ? undefined : String(value);
  };
}

function withAgreement(table: ScoreTable, scorers: readonly ScorerFacts[], column: string): Table {
  const agreements = scorers.map(({ name }) => new JudgeAgreement(name, column));
  return {
    isEmpty: table.isEmpty,
    add: (records: readonly JobRecord[]) => {
      table.add(records);
      for (const agreement of agreements) agreement.add(records);
    },
    figures: () =>
      table.figures().map((figures, at) => {
        const agreement = agreements[at]?.figures();
        return agreement === undefined ? figures : { ...figures, agreement };
      }),
  };
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
