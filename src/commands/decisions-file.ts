/** The file of `threadmill answer`: a copy of `interrupted.csv` with its decisions filled in. */

import { createHash } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { type CsvLine, type Decided, DecisionCheck, readDecisionRows } from '../answers/index.ts';
import { ConfigError } from '../errors.ts';
import { CsvParser } from '../readers/csv-parser.ts';
import { textOf } from '../readers/decode.ts';
import { delimiterOf } from '../readers/delimiter.ts';
import type { BatchFiles } from '../results/files.ts';
import { newestRecords } from './newest-records.ts';
import { shown } from './settings.ts';

const mostTold = 20;

/**
 * What the file decides of the batch's turns that wait, and what is to be told of those that need no answer any more.
 * @throws ConfigError with all that is wrong with it: nothing is sent then; DatasetError where it is no CSV.
 */
export async function readDecisions(
  path: string,
  files: BatchFiles,
  cwd: string,
): Promise<{ readonly decided: Decided; readonly notes: readonly string[] }> {
  const bytes = await bytesOf(path, files, cwd);
  const { rows, faults } = readDecisionRows(await linesOf(bytes, path), path);
  if (faults.length > 0) throw new ConfigError(shortened(faults));
  const mark = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  const check = new DecisionCheck({ name: path, mark, rows });
  for await (const record of newestRecords(files)) check.see(record);
  const decided = check.end();
  if ('faults' in decided) throw new ConfigError(shortened(decided.faults));
  return { decided, notes: check.notes };
}

async function bytesOf(path: string, files: BatchFiles, cwd: string): Promise<Buffer> {
  const at = resolve(cwd, path);
  const own = await realpath(resolve(files.directory, 'interrupted.csv')).catch(() => null);
  if (own !== null && (await realpath(at).catch(() => null)) === own) {
    throw new ConfigError(
      `${path}: expected a copy of interrupted.csv, saw the batch's own, which each command writes anew, without decisions: cp ${shown(path)} decisions.csv, and name that`,
    );
  }
  return readFile(at).catch((error: unknown) => {
    throw new ConfigError(
      `${path}: cannot be read (${error instanceof Error ? error.message : String(error)})`,
    );
  });
}

async function linesOf(bytes: Buffer, name: string): Promise<readonly CsvLine[]> {
  let text = '';
  for await (const part of textOf(Readable.from([bytes]), { name })) text += part;
  const lines: CsvLine[] = [];
  const parser = new CsvParser(delimiterOf(text, true) ?? ',', name);
  const take = ({ line, cells }: CsvLine) => {
    lines.push({ line, cells: [...cells] });
  };
  parser.push(text, take);
  parser.end(take);
  return lines;
}

const shortened = (faults: readonly string[]): readonly string[] =>
  faults.length <= mostTold ? faults : [...faults.slice(0, mostTold), `and ${faults.length - mostTold} more`];
