/** `threadmill schedule --history`: how the firings of a schedule went, as their batches tell it. */

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { HistoryRow } from '../history-types.ts';
import type { Config } from '../options.ts';
import { renderHistory, renderHistoryJson } from '../reports/history.ts';
import { readHistory } from '../results/history.ts';
import { isFiringName } from '../schedules/keep.ts';
import { isPattern, type Schedule } from '../schedules/schedule.ts';
import { hasColour, type Io, widthOf } from './io.ts';

/** Gives the exit code. Asks nobody, and minds no scheduler that runs. */
export async function tellHistory(
  { name, dataset }: Schedule,
  out: string,
  { asJson }: Pick<Config, 'asJson'>,
  io: Io,
): Promise<number> {
  const place = join(out, name);
  const rows = isPattern(dataset) ? await historyOfFiles(place) : await readHistory(place);
  const context = { width: widthOf(io.stdout), colour: hasColour(io.stdout, io.env) };
  io.stdout.write(asJson ? renderHistoryJson(rows) : renderHistory(rows, context));
  return 0;
}

/** Of a batch for each file, in a directory for each firing: the newest first. */
async function historyOfFiles(place: string): Promise<readonly HistoryRow[]> {
  const names = await readdir(place).catch(() => []);
  const firings = names.filter(isFiringName).sort().reverse();
  const rows = await Promise.all(firings.map((firing) => readHistory(join(place, firing))));
  return rows.flat();
}
