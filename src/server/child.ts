/**
 * The local Agent Server, a process of its own: its workers loop for ever, it swallows uncaught exceptions, and its
 * state is the process's. Started by `start.ts` alone, which has set the environment its libraries read when imported.
 *
 * It lives as long as its parent. Signals of a terminal or a supervisor reach the whole group, and the parent may have
 * to finish what is in flight: so the child heeds none while its parent lives, and ends when told or when left alone.
 */

import { register } from 'node:module';
import { relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { Worker } from 'node:worker_threads';
import { endLostRuns } from './lost-runs.ts';
import { type Order, type Report, stopWord } from './order.ts';
import type { OrphanWatch } from './orphan-watch.ts';
import { claimState, orphanGraceMs } from './state-claim.ts';

type ServerModule = typeof import('@langchain/langgraph-api/server');

/** Says all there is to say: the stack of its cause may help, its own would not. */
class Problem extends Error {}

const order: Order = JSON.parse(process.argv[2] ?? '');
let flush: () => Promise<void> = async () => {};
let isEnding = false;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('disconnect', end);
process.on('message', (word) => {
  if (word === stopWord) void end();
});
// A parent that was killed reads no more: without this the server logs each failed write, which fails again.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
const watch: OrphanWatch = { parentPid: process.ppid, graceMs: orphanGraceMs };
new Worker(new URL('./orphan-watch.js', import.meta.url), { workerData: watch, execArgv: [] }).unref();

try {
  const release = await claimState(order.stateDir);
  process.on('exit', release);
  endLostRuns(order.stateDir);
  if (order.anchorUrl !== null) shareOneCopy(order.anchorUrl);
  await checkGraphs();
  tell({ port: await startServer() });
} catch (error) {
  tell({ problem: explain(error) }, () => process.exit(1));
}

/** In a sentence; where in somebody's code it went wrong goes where the server's own lines go. */
function explain(error: unknown): string {
  const { code, syscall }: NodeJS.ErrnoException = Object(error);
  if (syscall === 'listen' && code === 'EADDRINUSE') {
    return `port ${order.port} of ${order.host} is taken: choose another, or 0 for any free one`;
  }
  if (syscall === 'listen') return `it cannot listen on port ${order.port} of ${order.host}: ${code}`;
  const shown = error instanceof Problem ? error.cause : error;
  if (shown !== undefined) process.stderr.write(`${inspect(shown)}\n`);
  return messageOf(error);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Costs a second, as every import then crosses to another thread: only where it must be. */
function shareOneCopy(anchorUrl: string): void {
  const importers = [new URL('..', order.serverUrl).href, new URL('.', import.meta.url).href];
  register('./resolve-hook.js', import.meta.url, { data: { anchorUrl, importers } });
}

/** Imports each graph by itself, so that the one that cannot be used is named. The server's own import then costs nothing. */
async function checkGraphs(): Promise<void> {
  for (const [name, { file, exportName }] of Object.entries(order.graphs)) {
    const at = `graph "${name}" (${file}:${exportName})`;
    const module = await import(pathToFileURL(file).href).catch((cause: unknown) => {
      throw new Problem(`${at}: ${messageOf(cause)}`, { cause });
    });
    if (!module[exportName]) {
      const exports = Object.keys(module).join(', ') || 'none';
      throw new Problem(`${at}: the file has no such export, it has: ${exports}`);
    }
  }
}

async function startServer(): Promise<number> {
  const { startServer }: ServerModule = await import(order.serverUrl);
  const { host, cleanup } = await startServer({
    port: order.port,
    host: order.host,
    nWorkers: order.workers,
    cwd: order.stateDir,
    graphs: Object.fromEntries(
      Object.entries(order.graphs).map(([name, graph]) => [name, fromStateDir(graph)]),
    ),
    ...(order.auth && { auth: { path: fromStateDir(order.auth), disable_studio_auth: false } }),
  });
  flush = cleanup;
  return Number(host.slice(host.lastIndexOf(':') + 1));
}

/** The server cuts a path at its first colon, which an absolute one may have (`C:\…`). */
function fromStateDir({ file, exportName }: Order['graphs'][string]): string {
  return `./${relative(order.stateDir, file)}:${exportName}`;
}

function tell(report: Report, told?: () => void): void {
  process.send?.(report, undefined, undefined, told);
}

/** Once, however often it is asked for: to write the state twice at once would spoil it. */
async function end(): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  await flush().catch((error: unknown) => process.stderr.write(`${inspect(error)}\n`));
  process.exit(0);
}
