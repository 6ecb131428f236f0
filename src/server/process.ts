/** The local server's child process, seen from its parent. */

import { type ChildProcess, fork } from 'node:child_process';
import type { Writable } from 'node:stream';
import { keepLastLines } from './last-lines.ts';
import { type Order, type Report, stopWord } from './order.ts';
import { builtFile } from './place.ts';

/** How the server's process ended. */
export interface ServerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last it printed, up to 20 lines. */
  readonly lastLines: readonly string[];
}

export interface SpawnOptions {
  /** Relative paths in a user's graph start here. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Modules to import first. */
  readonly imports: readonly string[];
  readonly log: Writable | undefined;
}

export interface ServerProcess {
  readonly pid: number;
  /** What the child tells of its start; null if it ended before. */
  readonly report: Promise<Report | null>;
  readonly exited: Promise<ServerExit>;
  stop(): Promise<void>;
  kill(): Promise<ServerExit>;
}

/** An earlier server may still write the state, and a large one takes its time to read. */
const startTimeoutMs = 120_000;
/** A large state takes its time to write, and is lost if cut short. */
const stopTimeoutMs = 60_000;
/** How long the last lines may take to arrive: a process that a graph has started can hold the pipe open for ever. */
export const lastLinesTimeoutMs = 250;

export function spawnServer(order: Order, { cwd, env, imports, log }: SpawnOptions): ServerProcess {
  const child = fork(builtFile('child.js'), [JSON.stringify(order)], {
    cwd,
    env,
    execArgv: imports.flatMap((url) => ['--import', url]),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const exited = exitOf(child, keepLastLines(child, log));
  const kill = () => {
    child.kill('SIGKILL');
    return exited;
  };
  const stop = async () => {
    if (child.connected) child.send(stopWord, () => {});
    const timer = setTimeout(kill, stopTimeoutMs);
    await exited;
    clearTimeout(timer);
  };
  return { pid: child.pid ?? 0, report: reportOf(child, exited), exited, stop, kill };
}

function exitOf(child: ChildProcess, lastLines: readonly string[]): Promise<ServerExit> {
  const closePipes = () => {
    child.stdout?.destroy();
    child.stderr?.destroy();
  };
  child.once('exit', () => setTimeout(closePipes, lastLinesTimeoutMs).unref());
  return new Promise((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, lastLines: [...lastLines] }));
    child.on('error', (error) => {
      if (child.pid === undefined) resolve({ code: null, signal: null, lastLines: [error.message] });
    });
  });
}

function reportOf(child: ChildProcess, exited: Promise<unknown>): Promise<Report | null> {
  return new Promise((resolve) => {
    const late = { problem: `it was not ready within ${startTimeoutMs / 1_000} s` };
    const timer = setTimeout(resolve, startTimeoutMs, late);
    child.once('message', (report) => {
      clearTimeout(timer);
      resolve(report as Report);
    });
    void exited.then(() => {
      clearTimeout(timer);
      resolve(null);
    });
  });
}
