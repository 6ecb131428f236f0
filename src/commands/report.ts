/** `threadmill report`: renders a batch again from its journal; nobody is asked. */

import type { Config } from '../options.ts';
import { renderers } from '../reports/index.ts';
import { visible } from '../reports/terminal.ts';
import type { BatchFiles } from '../results/files.ts';
import type { Manifest } from '../results/manifest.ts';
import { readBatch } from './batch-config.ts';
import { endText, writeCsv } from './finish.ts';
import type { Io } from './io.ts';
import { indexOf } from './newest-records.ts';
import { journalRows, recordedRows } from './recorded-dataset.ts';
import { summariseBatch } from './summarise.ts';

/** Gives the exit code: 0, whatever the batch's verdict was. @throws ConfigError, JournalError, SinkError */
export async function report(name: string, config: Config, io: Io): Promise<number> {
  const batch = await readBatch(name, io.cwd);
  const { files, manifest } = batch;
  if (config.reportFormat === 'csv') {
    await writeCsvAgain(manifest, files, config, io);
    return 0;
  }
  const summary = await summariseBatch(batch);
  const text =
    config.reportFormat === 'json'
      ? renderers.json(summary)
      : await endText(summary, files, [], {
          io,
          terminal: io.stdout,
          canRunAgain: summary.counts.error > summary.counts.uncertain,
        });
  io.stdout.write(text);
  return 0;
}

async function writeCsvAgain(manifest: Manifest, files: BatchFiles, config: Config, io: Io): Promise<void> {
  const rows = await recordedRows(manifest, files);
  if (rows === null) {
    io.stderr.write('The dataset is not there as it was: its columns are made from the journal.\n');
  }
  const index = await indexOf({ files, manifest }, rows);
  await writeCsv(rows ?? (await journalRows(manifest, files, index)), files, index, {
    ...config,
    scorers: manifest.scorers ?? [],
  });
  io.stderr.write(`Wrote the CSV files in ${visible(files.directory)}.\n`);
}
