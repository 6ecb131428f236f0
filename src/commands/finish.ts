/** The files a batch leaves at its end and at every stop, and what is told of them. */

import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { writeJson } from '../atomic.ts';
import type { Ownership, RenderContext } from '../contracts.ts';
import type { Config } from '../options.ts';
import { renderText } from '../reports/text.ts';
import type { BatchFiles } from '../results/files.ts';
import { type CsvFiles, type CsvSources, writeCsvFiles } from '../sinks/csv.ts';
import { openExampleRecords } from '../sinks/example-records.ts';
import type { RecordIndex } from '../sinks/record-index.ts';
import type { Summary } from '../summary-types.ts';
import type { ScorerFacts } from '../types.ts';
import { hasColour, type Io, type Terminal, widthOf } from './io.ts';
import { shownPath } from './open-batch.ts';

/** How the CSV files are written, and by whom. */
export type CsvWish = Pick<Config, 'excel' | 'rawCsv' | 'extractions'> & {
  /** Those of the batch. */
  readonly scorers: readonly ScorerFacts[];
  readonly onExample?: CsvSources['onExample'];
  /** Default: nobody else writes there. */
  readonly ownership?: Ownership | undefined;
};

/** Writes the CSV files from dataset and journal. @throws SinkError, DatasetError, LockedError */
export async function writeCsv(
  rows: Pick<CsvSources, 'examples' | 'columns' | 'roles' | 'madeIds'>,
  files: BatchFiles,
  index: RecordIndex,
  { excel, rawCsv, extractions, scorers, onExample, ownership }: CsvWish,
): Promise<CsvFiles> {
  await using records = await openExampleRecords(files, index);
  const names = (records.scoring?.scorers ?? scorers).map(({ name }) => name);
  // Awaited here: the records are read until it is done.
  return await writeCsvFrom(
    { ...rows, records, extracted: namesOf(extractions), scorers: names, onExample },
    files,
    {
      excel,
      rawCsv,
      ownership,
    },
  );
}

export const namesOf = (extractions: Config['extractions']): string[] => extractions.map(({ name }) => name);

/** The same, of records that come from elsewhere. @throws SinkError, DatasetError */
export const writeCsvFrom = (
  sources: CsvSources,
  { directory }: BatchFiles,
  { excel, rawCsv, ownership }: Pick<CsvWish, 'excel' | 'rawCsv' | 'ownership'>,
): Promise<CsvFiles> =>
  writeCsvFiles(sources, {
    directory,
    bom: excel,
    guard: excel ? 'all' : rawCsv ? 'none' : 'agent',
    ownership,
  });

export const writeSummary = (files: BatchFiles, summary: Summary, ownership: Ownership): Promise<void> =>
  writeJson(files.summary, summary, ownership);

export interface Shown {
  readonly io: Io;
  readonly terminal: Terminal;
  /** Does `errors.csv` hold a row? */
  readonly canRunAgain: boolean;
}

/** The end text, for a person. */
export async function endText(
  summary: Summary,
  files: BatchFiles,
  next: readonly Next[],
  shown: Shown,
): Promise<string> {
  return renderText(summary, await renderContext(summary, files, next, shown));
}

/** What reports are told beside the summary. */
export const renderContext = async (
  summary: Summary,
  files: BatchFiles,
  next: readonly Next[],
  { io, terminal, canRunAgain }: Shown,
): Promise<RenderContext> => ({
  width: widthOf(terminal),
  colour: hasColour(terminal, io.env),
  files: await filesThere(files, summary, { cwd: io.cwd, canRunAgain }),
  next,
});

export interface Next {
  readonly command: string;
  readonly does: string;
}

async function filesThere(
  { directory }: BatchFiles,
  { counts }: Summary,
  { cwd, canRunAgain }: { readonly cwd: string; readonly canRunAgain: boolean },
) {
  const wanted = [
    { name: 'results.csv', holds: 'every answer, in dataset order', is: true },
    { name: 'results.jsonl', holds: 'the same in full, as it came', is: true },
    { name: 'errors.csv', holds: 'failures, to be run again', is: canRunAgain },
    { name: 'uncertain.csv', holds: 'look at these before anybody repeats them', is: counts.uncertain > 0 },
    { name: 'interrupted.csv', holds: 'what waits for a person', is: counts.interrupted > 0 },
    { name: 'summary.json', holds: 'counts, latency, failures', is: true },
  ];
  const there = [];
  for (const { name, holds, is } of wanted) {
    const path = join(directory, name);
    if (is && (await exists(path))) there.push({ path: shownPath(path, cwd), holds });
  }
  return there;
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
