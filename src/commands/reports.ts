/** The reports of `--report`, written at the end. */

import { createReadStream } from 'node:fs';
import { join, resolve } from 'node:path';
import { writeText } from '../atomic.ts';
import { SinkError } from '../errors.ts';
import type { Config } from '../options.ts';
import { renderReport } from '../reports/index.ts';
import type { BatchFiles } from '../results/files.ts';
import type { Summary } from '../summary-types.ts';
import { writeBaseline } from './baseline.ts';
import { readBatch } from './batch-config.ts';
import { type Next, renderContext } from './finish.ts';
import type { Io, Terminal } from './io.ts';
import { sameRecords } from './newest-records.ts';
import { shownPath } from './open-batch.ts';

/** A batch at its end. */
export interface Ended {
  readonly summary: Summary;
  readonly files: BatchFiles;
  readonly next: readonly Next[];
  /** Does `errors.csv` hold a row? */
  readonly canRunAgain: boolean;
}

/**
 * Writes each report to its file or to stdout.
 * @throws SinkError once all are written that can be; JournalError
 */
export async function writeReports(
  { summary, files, next, canRunAgain }: Ended,
  { reports, texts }: Pick<Config, 'reports' | 'texts'>,
  io: Io,
): Promise<void> {
  if (reports.length === 0) return;
  const context = await renderContext(summary, files, next, { io, terminal: plain, canRunAgain });
  const reported = { summary, records: sameRecords(files), context };
  const faults: SinkError[] = [];
  for (const { format, file } of reports) {
    const path = file === null ? null : resolve(io.cwd, file);
    const writing =
      format === 'baseline'
        ? writeBaselineOf(files, path, { texts }, io)
        : write(format === 'csv' ? resultsCsv(files) : renderReport(format, reported), path, io);
    await writing.catch((error: unknown) => {
      if (!(error instanceof SinkError)) throw error;
      faults.push(error);
    });
  }
  if (faults.length > 0) throw unwritten(faults, shownPath(files.directory, io.cwd));
}

function unwritten(faults: readonly SinkError[], directory: string): SinkError {
  const told = faults.map(({ message }) => `--report: ${message}`).join('\n');
  const cure = `The batch itself is there, in ${directory}: threadmill report renders it again.`;
  return new SinkError(`${told}\n${cure}`, { cause: faults[0] });
}

const write = (pieces: AsyncIterable<string>, path: string | null, io: Io): Promise<void> =>
  path === null ? print(pieces, io.stdout) : writeText(path, pieces);

async function writeBaselineOf(
  { directory }: BatchFiles,
  path: string | null,
  options: Pick<Config, 'texts'>,
  io: Io,
): Promise<void> {
  await writeBaseline(await readBatch(directory, io.cwd), path, options, io);
}

/** 80 columns, without colours. */
const plain: Terminal = { write: () => true };

async function* resultsCsv({ directory }: BatchFiles): AsyncGenerator<string> {
  const path = join(directory, 'results.csv');
  try {
    yield* createReadStream(path, { encoding: 'utf8' }) as AsyncIterable<string>;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SinkError(`${path}: cannot be read (${reason})`, { cause });
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
