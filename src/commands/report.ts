/** `threadmill report`: renders a batch again from its journal; nobody is asked. */

import { rememberedConfig } from '../config.ts';
import { ConfigError } from '../errors.ts';
import type { Config } from '../options.ts';
import { renderReport } from '../reports/index.ts';
import { visible } from '../reports/terminal.ts';
import { writeBaseline } from './baseline.ts';
import { type KnownBatch, readBatch } from './batch-config.ts';
import { renderContext, writeCsv } from './finish.ts';
import type { Io } from './io.ts';
import { indexOf, newestRecords } from './newest-records.ts';
import { journalRows, recordedRows } from './recorded-dataset.ts';
import { formatFault } from './report-targets.ts';
import { print } from './reports.ts';
import { summariseBatch } from './summarise.ts';

/** Gives the exit code: 0, whatever the batch's verdict was. @throws ConfigError, JournalError, SinkError */
export async function report(name: string, config: Config, io: Io): Promise<number> {
  const format = config.reportFormat;
  const fault = formatFault('--format', format);
  if (fault !== null) throw new ConfigError(fault);
  const batch = await readBatch(name, io.cwd);
  if (format === 'csv') {
    await writeCsvAgain(batch, config, io);
    return 0;
  }
  if (format === 'baseline') {
    await writeBaseline(batch, null, config, io);
    return 0;
  }
  const { files } = batch;
  const summary = await summariseBatch(batch);
  const canRunAgain = summary.counts.error > summary.counts.uncertain;
  const context = await renderContext(summary, files, [], { io, terminal: io.stdout, canRunAgain });
  await print(renderReport(format, { summary, records: () => newestRecords(files), context }), io.stdout);
  return 0;
}

async function writeCsvAgain(batch: KnownBatch, config: Config, io: Io): Promise<void> {
  const { files, manifest } = batch;
  const rows = await recordedRows(manifest, files);
  if (rows === null) {
    io.stderr.write('The dataset is not there as it was: its columns are made from the journal.\n');
  }
  const index = await indexOf(batch, rows);
  await writeCsv(rows ?? (await journalRows(manifest, files, index)), files, index, {
    ...config,
    scorers: manifest.scorers ?? [],
    extractions: rememberedConfig(manifest.settings).extractions,
  });
  io.stderr.write(`Wrote the CSV files in ${visible(files.directory)}.\n`);
}
