/** Starts a local Agent Server: the bundled agents, or a user's own graphs. */

import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { AgentError, ConfigError } from '../errors.ts';
import { readGraphs } from './graphs-file.ts';
import type { Order } from './order.ts';
import { findServerPackages } from './packages.ts';
import { builtFile } from './place.ts';
import { type ServerExit, type SpawnOptions, spawnServer } from './process.ts';

export interface LocalServerOptions {
  /** A `langgraph.json`. Default: the bundled agents. */
  readonly graphs?: string | undefined;
  /** Where the server keeps its threads and runs; made if need be. Of one server at a time. */
  readonly stateDir: string;
  /** Runs in flight; further ones wait at the server. From 1. */
  readonly workers: number;
  /** Default 0: any free one. */
  readonly port?: number | undefined;
  /** Default 127.0.0.1. */
  readonly host?: string | undefined;
  /** Wins over the shell's variables and the `langgraph.json`'s. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Gets what the server prints, line by line, without colours. Not ended. */
  readonly log?: Writable | undefined;
}

/** A server that takes requests. It ends with this process, however that ends. */
export interface LocalServer extends AsyncDisposable {
  readonly url: string;
  /** The names that can be asked for. */
  readonly agents: readonly string[];
  readonly pid: number;
  /** Resolves when the process has ended, by `stop` or by itself; never rejects. */
  readonly exited: Promise<ServerExit>;
  /** Has the server write its state and end. May be called again. */
  stop(): Promise<void>;
}

// The server's libraries read these when imported. Nothing leaves the machine but by the user's own wish.
const quiet = {
  LOG_LEVEL: 'error',
  LANGSMITH_TRACING: 'false',
  LANGSMITH_TRACING_V2: 'false',
  LANGCHAIN_TRACING: 'false',
  LANGCHAIN_TRACING_V2: 'false',
  LANGGRAPH_CLI_NO_ANALYTICS: '1',
  BROWSER: 'none',
};

/**
 * Starts a server as a child process and waits until it takes requests. State already in `stateDir` is gone on with.
 *
 * @throws ConfigError Where a package, the graphs file, a graph or the port does not do.
 * @throws AgentError Where the process died or was silent.
 */
export async function startLocalServer(options: LocalServerOptions): Promise<LocalServer> {
  const { order, spawn } = await prepare(options);
  await mkdir(order.stateDir, { recursive: true });
  const server = spawnServer(order, spawn);
  const report = await server.report;
  if (report === null || 'problem' in report) {
    throw startError(report?.problem ?? null, await server.kill());
  }
  const { pid, exited, stop } = server;
  const url = urlOf(order.host, report.port);
  return { url, agents: Object.keys(order.graphs), pid, exited, stop, [Symbol.asyncDispose]: stop };
}

/** Decides all that the child is told and given. */
async function prepare(options: LocalServerOptions): Promise<{ order: Order; spawn: SpawnOptions }> {
  const { file, graphs, auth, env } = await readGraphs(options.graphs);
  const directory = file === null ? process.cwd() : dirname(file);
  const named = [...Object.values(graphs), ...(auth === null ? [] : [auth])].map((each) => each.file);
  const { serverUrl, tsxUrl, anchorUrl } = findServerPackages([
    ...named.map((each) => dirname(each)),
    directory,
    process.cwd(),
    dirname(builtFile('child.js')),
  ]);

  const { host = '127.0.0.1', port = 0, workers, log } = options;
  return {
    order: { stateDir: resolve(options.stateDir), host, port, workers, graphs, auth, serverUrl, anchorUrl },
    spawn: {
      cwd: directory,
      env: { ...process.env, ...quiet, ...env, ...options.env },
      imports: named.some(isTypeScript) ? [tsxUrl] : [],
      log,
    },
  };
}

const isTypeScript = (path: string) => /\.[cm]?tsx?$/.test(path);

function startError(problem: string | null, { code, signal, lastLines }: ServerExit): Error {
  const told =
    lastLines.length === 0
      ? ''
      : `\nThe last it printed:\n${lastLines.map((line) => `  ${line}`).join('\n')}`;
  if (problem !== null) return new ConfigError(`The local Agent Server did not start: ${problem}${told}`);
  return new AgentError(
    `The local Agent Server did not start: its process ended with ${signal ?? `code ${code}`}${told}`,
    3,
  );
}

/** Where to ask a server that listens there. */
function urlOf(host: string, port: number): string {
  const any: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '::1' };
  const name = any[host] ?? host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}
