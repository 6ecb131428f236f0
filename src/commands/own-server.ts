/** A server that a command starts for itself, and stops after. */

import { lstat } from 'node:fs/promises';
import { AgentError, ConfigError } from '../errors.ts';
import { type Config, mostAtOnce } from '../options.ts';
import type { ServerExit } from '../server/process.ts';

export interface OwnServer {
  readonly url: string;
  /** Sent to it. */
  readonly apiKey: string | null;
  /** Resolves when it has ended. */
  readonly died: Promise<AgentError>;
  stop(): Promise<void>;
}

/**
 * A local Agent Server.
 * @param graphs A `langgraph.json`; undefined for the bundled agents.
 * @param stateDir Where it keeps its threads.
 * @throws ConfigError, AgentError where it does not start.
 */
export async function startLocal(
  graphs: string | undefined,
  stateDir: string,
  config: Config,
): Promise<OwnServer> {
  if ((await lstat(stateDir).catch(() => null))?.isSymbolicLink()) {
    throw new ConfigError(`${stateDir}: expected a directory, found a symbolic link; remove it`);
  }
  const { startLocalServer } = await import('../server/start.ts');
  const workers = Math.max(10, Math.min(200, mostAtOnce(config)));
  const { url, exited, stop } = await startLocalServer({ graphs, stateDir, workers });
  return { url, apiKey: null, died: exited.then((exit) => diedError('the local Agent Server', exit)), stop };
}

/** @param what That ended, to begin a sentence. */
export const diedError = (what: string, { lastLines }: Pick<ServerExit, 'lastLines'>): AgentError =>
  new AgentError(
    `${what} ended by itself${lastLines.length > 0 ? `: ${lastLines.slice(-5).join(' | ')}` : ''}`,
    3,
  );
