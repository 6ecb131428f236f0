/** What would keep the reports of `--report` from being written: better known now than after all was asked. */

import { access, constants, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { nearest } from '../nearest.ts';
import type { Config } from '../options.ts';
import { reportFormats } from '../reports/index.ts';

/** No renderings of a summary: `csv` is the batch's own file, `baseline` is made of its scores. */
const allFormats: readonly string[] = [...reportFormats, 'csv', 'baseline'];

/** What is wrong with a format's name; null: nothing is. @param from The option. */
export function formatFault(from: string, format: string): string | null {
  if (allFormats.includes(format)) return null;
  const near = nearest(format, allFormats);
  const hint = near === null ? '' : `; did you mean ${near}?`;
  return `${from}: expected ${allFormats.slice(0, -1).join(', ')} or ${allFormats.at(-1)}, got ${JSON.stringify(format)}${hint}`;
}

/** Each fault, a sentence each. */
export async function reportFaults({ reports }: Pick<Config, 'reports'>, cwd: string): Promise<string[]> {
  const faults = reports.map(({ format }) => formatFault('--report', format));
  const files = reports.flatMap(({ file }) => (file === null ? [] : [resolve(cwd, file)]));
  const twice = files.filter((file, at) => files.indexOf(file) !== at);
  const toTwo = twice.map((file) => `--report: expected a file for each, got ${file} twice`);
  const unwritable = await Promise.all(files.map(fileFault));
  return [...faults, ...toTwo, ...unwritable].filter((fault) => fault !== null);
}

async function fileFault(file: string): Promise<string | null> {
  const isDirectory = await stat(file).then(
    (facts) => facts.isDirectory(),
    () => false,
  );
  if (isDirectory) return `--report: expected a file, ${file} is a directory`;
  const directory = dirname(file);
  return access(directory, constants.W_OK).then(
    () => null,
    () => `--report: ${file} cannot be written: expected a directory to write to, ${directory} is none`,
  );
}
