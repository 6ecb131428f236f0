/** The built command in a directory of its own, as a user has it. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import type { Summary } from '../../src/summary-types.ts';
import type { JobRecord } from '../../src/types.ts';
import { command } from './in-process.ts';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves once stderr has this text. */
  says(text: string): Promise<void>;
  /** All of stderr until now. */
  saidSoFar(): string;
}

export interface Workplace extends AsyncDisposable {
  readonly path: string;
  file(name: string, content: string | Uint8Array): Promise<string>;
  /** Does the command in this process: for what needs no other. */
  command(args: readonly string[], options?: RunningOptions): Promise<Ended>;
  /** Runs the command to its end, in a process of its own. */
  threadmill(args: readonly string[], options?: RunningOptions): Promise<Ended>;
  start(args: readonly string[], options?: RunningOptions): Started;
  /** The batch directories under `results/`, oldest first. */
  batches(): Promise<Batch[]>;
  batch(directory: string): Batch;
}

export interface RunningOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Of stdout, in this process. */
  readonly columns?: number;
}

export interface Batch {
  readonly path: string;
  records(): Promise<JobRecord[]>;
  summary(): Promise<Summary>;
  /** A CSV file's rows, by column. */
  csv(name: string): Promise<Record<string, string>[]>;
  text(name: string): Promise<string>;
  /** Writes something else into one of its files. */
  damage(name: string, content: string): Promise<void>;
  names(): Promise<string[]>;
}

/** A directory with these files in it, gone at the end; the environment holds nothing of the tester's own. */
export async function workplace(
  files: Readonly<Record<string, string | Uint8Array>> = {},
): Promise<Workplace> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'threadmill-test-')));
  const running = new Set<ChildProcess>();
  const file = async (name: string, content: string | Uint8Array) => {
    const at = join(path, name);
    await mkdir(dirname(at), { recursive: true });
    await writeFile(at, content);
    return at;
  };
  for (const [name, content] of Object.entries(files)) await file(name, content);

  const start = (args: readonly string[], { env = {}, stdin }: RunningOptions = {}): Started => {
    const child = spawn(process.execPath, [cli, ...args], {
      cwd: path,
      env: { PATH: process.env['PATH'] ?? '', HOME: path, THREADMILL_LISTEN: 'none', ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    running.add(child);
    child.stdin.end(stdin ?? '');
    return { process: child, ...heard(child) };
  };
  return {
    path,
    file,
    start,
    command: (args, options) => command(path, args, options),
    threadmill: (args, options) => start(args, options).ended,
    batch: (directory) => batchAt(join(path, directory)),
    batches: async () => {
      const names = await readdir(join(path, 'results')).catch(() => []);
      return names.sort().map((name) => batchAt(join(path, 'results', name)));
    },
    [Symbol.asyncDispose]: async () => {
      for (const child of running) child.kill('SIGKILL');
      await rm(path, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function heard(child: ReturnType<typeof spawn>): Omit<Started, 'process'> {
  let stdout = '';
  let stderr = '';
  const listeners = new Set<() => void>();
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    for (const listener of listeners) listener();
  });
  return {
    ended: once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr })),
    saidSoFar: () => stderr,
    says: (text) =>
      new Promise((resolve) => {
        const look = () => {
          if (!stderr.includes(text)) return;
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
        look();
      }),
  };
}

function batchAt(path: string): Batch {
  const text = (name: string) => readFile(join(path, name), 'utf8');
  return {
    path,
    text,
    damage: (name, content) => writeFile(join(path, name), content),
    names: () => readdir(path),
    records: async () =>
      (await text('results.jsonl'))
        .trimEnd()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as JobRecord),
    summary: async () => JSON.parse(await text('summary.json')) as Summary,
    csv: async (name) => parse(await text(name), { columns: true, bom: true }) as Record<string, string>[],
  };
}

/** Rows `id,prompt`: `r1,question 1` and so on. */
export const questions = (count: number): string =>
  `id,prompt\n${Array.from({ length: count }, (_, at) => `r${at + 1},question ${at + 1}\n`).join('')}`;
