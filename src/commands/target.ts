/** What a command asks: a deployment, or a local Agent Server of its own. */

import { lstat } from 'node:fs/promises';
import type { AgentConnection, AgentFacts } from '../agent/index.ts';
import type { Ownership } from '../contracts.ts';
import { AgentError, ConfigError } from '../errors.ts';
import { type Config, mostAtOnce } from '../options.ts';
import { bundledAgents } from '../server/bundled.ts';
import { readGraphs } from '../server/graphs-file.ts';
import { hashGraphs } from '../server/graphs-hash.ts';
import type { LocalServer } from '../server/start.ts';
import { agentOptions } from './agent.ts';
import type { Io } from './io.ts';

/** What is known of the agent before anything is started or sent. */
export interface Target {
  /** `local` stands for the URL of a server that each start makes anew. */
  readonly url: string;
  /** As the user names it. */
  readonly agent: string;
  /** Of a local server: the hash of its graphs. */
  readonly version: string | null;
  readonly isLocal: boolean;
}

export async function targetOf(config: Config, io: Io): Promise<Target> {
  if (config.local === null) {
    const { url, agent } = agentOptions(config, io.env);
    return { url, agent, version: null, isLocal: false };
  }
  const graphs = graphsFile(config);
  const { graphs: known } = await readGraphs(graphs);
  const names = graphs === undefined ? bundledAgents : Object.keys(known);
  const agent = config.agent ?? (graphs === undefined || names.length === 1 ? names[0] : undefined);
  if (agent === undefined || !(names as readonly string[]).includes(agent)) {
    const got = agent === undefined ? 'nothing' : JSON.stringify(agent);
    throw new ConfigError(`--agent: expected one of the local graphs, ${names.join(', ')}; got ${got}`);
  }
  return { url: 'local', agent, version: (await hashGraphs(graphs)).slice(0, 16), isLocal: true };
}

const graphsFile = (config: Config) =>
  config.local === null || config.local === '' ? undefined : config.local;

/** A server that answers, and the agent on it. */
export interface Reached {
  readonly connection: AgentConnection;
  readonly facts: AgentFacts;
  /** Where it is now; shown, never compared under `--local`. */
  readonly url: string;
  /** Resolves if the local server ends by itself; never, where there is none. */
  readonly died: Promise<AgentError>;
  close(): Promise<void>;
}

/**
 * Starts what is local, connects, and asks for the agent.
 * @param place `server`: where a local server keeps its threads. `ownership`: of the batch that asks.
 * @throws AgentError, ConfigError
 */
export async function reach(
  target: Target,
  config: Config,
  io: Io,
  { server: stateDir, ownership }: { readonly server: string; readonly ownership?: Ownership },
): Promise<Reached> {
  const server = target.isLocal ? await startServer(config, stateDir) : null;
  const url = server?.url ?? target.url;
  const options = agentOptions(
    server === null ? config : { ...config, url, agent: target.agent, apiKey: null },
    io.env,
    ownership,
  );
  // Loaded by who asks: it takes as long as Node itself.
  const { connect } = await import('../agent/index.ts');
  const connection = connect(options, io.runtime);
  const close = async () => {
    await connection.close();
    await server?.stop();
  };
  try {
    const facts = await connection.describe();
    return {
      connection,
      url,
      facts: target.version === null ? facts : { ...facts, version: target.version },
      died: server === null ? new Promise(() => {}) : server.exited.then(ended),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startServer(config: Config, stateDir: string): Promise<LocalServer> {
  if ((await lstat(stateDir).catch(() => null))?.isSymbolicLink()) {
    throw new ConfigError(`${stateDir}: expected a directory, found a symbolic link; remove it`);
  }
  const { startLocalServer } = await import('../server/start.ts');
  return startLocalServer({
    graphs: graphsFile(config),
    stateDir,
    workers: Math.max(10, Math.min(200, mostAtOnce(config))),
  });
}

const ended = ({ lastLines }: Awaited<LocalServer['exited']>): AgentError =>
  new AgentError(
    `the local Agent Server ended by itself${lastLines.length > 0 ? `: ${lastLines.slice(-5).join(' | ')}` : ''}`,
    3,
  );
