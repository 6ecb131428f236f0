/** Where words go: text for people to stderr, results to stdout. */

import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { SinkError } from '../errors.ts';
import type { Config } from '../options.ts';
import { renderers } from '../reports/index.ts';
import { shownJson } from '../reports/json.ts';
import { visible } from '../reports/terminal.ts';
import { wrap } from '../reports/width.ts';
import type { BatchFiles } from '../results/files.ts';
import type { Summary } from '../types.ts';
import { writeBaseline } from './baseline.ts';
import { readBatch } from './batch-config.ts';
import { type Io, widthOf } from './io.ts';

/** A line for people, unless they want none. */
export function say(io: Io, { quiet }: Pick<Config, 'quiet'>, text: string): void {
  if (!quiet) io.stderr.write(`${wrap(visible(text), widthOf(io.stderr)).join('\n')}\n`);
}

/** A line for scripts. */
export function sayJson(
  io: Io,
  { json }: Pick<Config, 'json'>,
  line: { readonly [name: string]: unknown },
): void {
  if (json) io.stdout.write(`${shownJson(line)}\n`);
}

/** Writes the reports of `--report`, to their file or to stdout. @throws SinkError */
export async function writeReports(
  summary: Summary,
  files: BatchFiles,
  { reports, texts }: Pick<Config, 'reports' | 'texts'>,
  io: Io,
): Promise<void> {
  const results = join(files.directory, 'results.csv');
  for (const { format, file } of reports) {
    const path = file === null ? null : resolve(io.cwd, file);
    try {
      if (format === 'csv') {
        if (path === null) io.stdout.write(await readFile(results, 'utf8'));
        else await copyFile(results, path);
        continue;
      }
      if (format === 'baseline') {
        await writeBaseline(await readBatch(files.directory, io.cwd), path, { texts }, io);
        continue;
      }
      const text = renderers[format](summary, { width: 80, colour: false, files: [], next: [] });
      if (path === null) io.stdout.write(text);
      else await writeFile(path, text);
    } catch (error) {
      throw new SinkError(
        `--report ${format}=${file ?? ''}: cannot be written (${error instanceof Error ? error.message : String(error)})`,
        { cause: error },
      );
    }
  }
}
