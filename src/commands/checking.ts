/** The check of a whole dataset, which tells how far it is where that takes a while. */

import type { Config } from '../options.ts';
import { formatCount } from '../reports/figures.ts';
import { clearLine, plainLineMs } from '../reports/progress.ts';
import { visibleLine } from '../reports/terminal.ts';
import { clip } from '../reports/width.ts';
import { type Dataset, type KnownDataset, loadDataset } from './dataset.ts';
import { type Io, widthOf } from './io.ts';
import { judgeOf } from './judge.ts';

/** What is done sooner needs no telling. */
const silentMs = 1_000;
const redrawMs = 200;

export interface DatasetSource {
  readonly path: string;
  /** What to call it. */
  readonly name: string;
  readonly known?: KnownDataset | null | undefined;
}

/** `loadDataset`, told: on a terminal a line drawn in place, else one every 10 s. @throws DatasetError, ConfigError */
export async function loadTold(source: DatasetSource, config: Config, io: Io): Promise<Dataset> {
  const progress = watchCheck(source.name, config, io);
  try {
    return await loadDataset(source.path, source.name, config, {
      known: source.known,
      onRow: progress.onRow,
      judge: await judgeOf(config, io),
    });
  } finally {
    progress.close();
  }
}

function watchCheck(name: string, { quiet, progress }: Config, { stderr, runtime }: Io) {
  const startedAt = runtime.now();
  const isTTY = stderr.isTTY === true;
  let rows = 0;
  let isDrawn = false;
  const tick = () => {
    const line = `Checking ${visibleLine(name)}: ${formatCount(rows)} rows`;
    if (!isTTY) stderr.write(`${line}\n`);
    else if (runtime.now() - startedAt >= silentMs) {
      // A line that fills the last column makes some terminals go on to the next.
      stderr.write(clearLine + clip(line, widthOf(stderr) - 1));
      isDrawn = true;
    }
  };
  const isShown = !quiet && progress !== 'none';
  const stop = isShown ? runtime.every(isTTY ? redrawMs : plainLineMs, tick) : () => {};
  return {
    onRow: () => {
      rows += 1;
    },
    close: () => {
      stop();
      if (isDrawn) stderr.write(clearLine);
    },
  };
}
