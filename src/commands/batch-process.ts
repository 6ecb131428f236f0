/** A batch as a child process: the command that a person would type, watched to its end. */

import { type ChildProcess, spawn } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { LockedError } from '../errors.ts';
import { isObject, parseJson } from '../json.ts';
import { packageRoot } from '../package-root.ts';
import { visibleLine } from '../reports/terminal.ts';
import { batchFiles } from '../results/files.ts';
import { takeLock } from '../results/lock.ts';
import type { BatchSummary, Ending } from '../schedules/ending.ts';
import { argumentsOf } from '../schedules/run-flags.ts';
import type { Schedule } from '../schedules/schedule.ts';
import type { Work } from '../schedules/transitions.ts';
import type { Io } from './io.ts';

interface Place {
  /** Where a batch works: relative paths start there. */
  readonly home: string;
  readonly out: string;
}

export interface BatchProcesses {
  run(schedule: Schedule, work: Work, signal: AbortSignal): Promise<Ending>;
  /** A second signal to all that run. */
  giveUp(): void;
}

const program = fileURLToPath(new URL('dist/cli.js', packageRoot));
const betweenLooksMs = 500;

export function createBatchProcesses({ home, out }: Place, io: Io): BatchProcesses {
  const children = new Set<ChildProcess>();
  return {
    run: async (schedule, { dataset, directory }, signal) => {
      const path = join(out, directory);
      await untilFree(path, io, signal);
      if (signal.aborted) return { code: null, lastLine: null, summary: null };
      const quiet = ['--quiet', '--progress=none', '--yes'];
      const args = ['run', asPath(dataset), `--out=${path}`, ...quiet, ...argumentsOf(schedule.options)];
      const child = spawn(process.execPath, [program, ...args], {
        cwd: home,
        env: { ...io.env },
        // A group of its own: Ctrl-C at a terminal reaches us alone, and we pass it on once. By the channel it notices
        // that we are gone, and stops.
        detached: true,
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      });
      children.add(child);
      const stop = () => void child.kill('SIGTERM');
      signal.addEventListener('abort', stop, { once: true });
      try {
        const { code, lastLine } = await ended(child, (line) =>
          io.stderr.write(`  ${schedule.name}: ${visibleLine(line)}\n`),
        );
        return { code, lastLine, summary: await readSummary(path) };
      } finally {
        children.delete(child);
        signal.removeEventListener('abort', stop);
      }
    },
    giveUp: () => {
      for (const child of children) child.kill('SIGTERM');
    },
  };
}

/** Whoever may put a file into an inbox names it: `--out=….csv` is to be a file, and no option. */
const asPath = (dataset: string) => (dataset.startsWith('-') ? `./${dataset}` : dataset);

/** A batch that a scheduler left when it was killed stops by itself; it is waited for, and so is a person's. */
async function untilFree(directory: string, { runtime }: Io, signal: AbortSignal): Promise<void> {
  const isThere = () =>
    stat(directory).then(
      (facts) => facts.isDirectory(),
      () => false,
    );
  while (!signal.aborted && (await isThere())) {
    try {
      await (await takeLock(batchFiles(directory).lock, runtime)).release();
      return;
    } catch (error) {
      if (!(error instanceof LockedError)) return; // the batch itself says what is wrong there
      await runtime.sleep(betweenLooksMs, signal);
    }
  }
}

function ended(
  child: ChildProcess,
  onLine: (line: string) => void,
): Promise<Pick<Ending, 'code' | 'lastLine'>> {
  let lastLine: string | null = null;
  if (child.stderr !== null) {
    createInterface({ input: child.stderr, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => {
      if (line.trim() === '') return;
      lastLine = line.replace(/^threadmill: /, '');
      onLine(line);
    });
  }
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, lastLine: error.message }));
    child.once('close', (code) => resolve({ code, lastLine }));
  });
}

/** Null where the batch has none, or none that can be read. */
async function readSummary(directory: string): Promise<BatchSummary | null> {
  const text = await readFile(batchFiles(directory).summary, 'utf8').catch(() => '');
  const value = parseJson(text);
  const isWhole = isObject(value) && isObject(value['batch']) && isObject(value['verdict']);
  return isWhole ? (value as unknown as BatchSummary) : null;
}
