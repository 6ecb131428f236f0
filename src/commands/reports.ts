/** The reports of `--report`, written at the end. */

import { copyFile, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { SinkError } from '../errors.ts';
import type { Config } from '../options.ts';
import { type Reported, renderReport } from '../reports/index.ts';
import { writeText } from '../results/atomic.ts';
import type { BatchFiles } from '../results/files.ts';
import type { Summary } from '../types.ts';
import type { ReportTarget } from '../values.ts';
import { writeBaseline } from './baseline.ts';
import { readBatch } from './batch-config.ts';
import { type Next, renderContext } from './finish.ts';
import type { Io, Terminal } from './io.ts';
import { newestRecords } from './newest-records.ts';

/** A batch at its end. */
export interface Ended {
  readonly summary: Summary;
  readonly files: BatchFiles;
  readonly next: readonly Next[];
  /** Does `errors.csv` hold a row? */
  readonly canRunAgain: boolean;
}

/** Writes each report to its file or to stdout. @throws SinkError, JournalError */
export async function writeReports(
  { summary, files, next, canRunAgain }: Ended,
  { reports, texts }: Pick<Config, 'reports' | 'texts'>,
  io: Io,
): Promise<void> {
  if (reports.length === 0) return;
  const context = await renderContext(summary, files, next, { io, terminal: plain, canRunAgain });
  const reported = { summary, records: () => newestRecords(files), context };
  for (const target of reports) {
    if (target.format === 'csv') await writeResultsCsv(target, files, io);
    else if (target.format === 'baseline') await writeBaselineReport(target, files, { texts }, io);
    else await writeReport(target, reported, io);
  }
}

/** 80 columns, without colours. */
const plain: Terminal = { write: () => true };

async function writeReport({ format, file }: ReportTarget, reported: Reported, io: Io): Promise<void> {
  const pieces = renderReport(format, reported);
  if (file === null) await print(pieces, io.stdout);
  else await writeText(resolve(io.cwd, file), pieces);
}

async function writeBaselineReport(
  { file }: ReportTarget,
  { directory }: BatchFiles,
  options: Pick<Config, 'texts'>,
  io: Io,
): Promise<void> {
  const batch = await readBatch(directory, io.cwd);
  await writeBaseline(batch, file === null ? null : resolve(io.cwd, file), options, io);
}

async function writeResultsCsv({ file }: ReportTarget, { directory }: BatchFiles, io: Io): Promise<void> {
  const results = join(directory, 'results.csv');
  try {
    if (file === null) io.stdout.write(await readFile(results, 'utf8'));
    else await copyFile(results, resolve(io.cwd, file));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SinkError(`--report csv=${file ?? ''}: cannot be written (${reason})`, { cause });
  }
}

/** UTF-16 units written at once. */
const gatheredLength = 64 * 1024;

/** Writes a report's pieces, many at once. */
export async function print(pieces: AsyncIterable<string>, to: Terminal): Promise<void> {
  let gathered = '';
  for await (const piece of pieces) {
    gathered += piece;
    if (gathered.length < gatheredLength) continue;
    to.write(gathered);
    gathered = '';
  }
  to.write(gathered);
}
