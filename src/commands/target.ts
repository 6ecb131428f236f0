/** What a command asks: a deployment, or a server of its own. */

import type { AgentConnection, AgentFacts } from '../agent/index.ts';
import type { Ownership } from '../contracts.ts';
import { type AgentError, ConfigError } from '../errors.ts';
import type { Config } from '../options.ts';
import { bundledAgents } from '../server/bundled.ts';
import { readGraphs } from '../server/graphs-file.ts';
import { hashGraphs } from '../server/graphs-hash.ts';
import { agentOptions } from './agent.ts';
import type { Io } from './io.ts';
import { type OwnServer, startLocal } from './own-server.ts';

/** What is known of the agent before anything is started or sent. */
export interface Target {
  /** `local` or `serve-command` stand for the URL of a server that each start makes anew. */
  readonly url: string;
  /** As the user names it. */
  readonly agent: string;
  /** Of a local server: the hash of its graphs. */
  readonly version: string | null;
  /** Starts the server; null where it is there, or is the local one. */
  readonly command: string | null;
  /** Is it a server of ours, that ends with the batch? */
  readonly isLocal: boolean;
}

const ownUrls = { local: 'local', served: 'serve-command' } as const;

/** Does the `url` of a batch's identity stand for a server that was its own? */
export const isOwnUrl = (url: string): boolean => url === ownUrls.local || url === ownUrls.served;

export async function targetOf(config: Config, io: Io): Promise<Target> {
  if (config.serveCommand !== null) {
    const { agent } = agentOptions(config, io.env);
    return { url: ownUrls.served, agent, version: null, command: config.serveCommand, isLocal: true };
  }
  if (config.local === null) {
    const { url, agent } = agentOptions(config, io.env);
    return { url, agent, version: null, command: null, isLocal: false };
  }
  const graphs = graphsFile(config);
  const { graphs: known } = await readGraphs(graphs);
  const names = graphs === undefined ? bundledAgents : Object.keys(known);
  const agent = config.agent ?? (graphs === undefined || names.length === 1 ? names[0] : undefined);
  if (agent === undefined || !(names as readonly string[]).includes(agent)) {
    const got = agent === undefined ? 'nothing' : JSON.stringify(agent);
    throw new ConfigError(`--agent: expected one of the local graphs, ${names.join(', ')}; got ${got}`);
  }
  const version = (await hashGraphs(graphs)).slice(0, 16);
  return { url: ownUrls.local, agent, version, command: null, isLocal: true };
}

const graphsFile = (config: Config) =>
  config.local === null || config.local === '' ? undefined : config.local;

/** A server that answers, and the agent on it. */
export interface Reached {
  readonly connection: AgentConnection;
  readonly facts: AgentFacts;
  /** Where it is now; shown, never compared under `--local`. */
  readonly url: string;
  /** Resolves if a server of ours ends by itself; never, where there is none. */
  readonly died: Promise<AgentError>;
  close(): Promise<void>;
}

/** Where a server of ours keeps what, and for whom. */
export interface ServerPlace {
  /** Threads of the local one. */
  readonly server: string;
  /** What one prints that a command starts; null: it is not kept. */
  readonly serverLog: string | null;
  /** Of the batch that asks. */
  readonly ownership?: Ownership;
}

/**
 * Starts what is local, connects, and asks for the agent.
 * @throws AgentError, ConfigError
 */
export async function reach(target: Target, config: Config, io: Io, place: ServerPlace): Promise<Reached> {
  const server = target.isLocal ? await startServer(target, config, io, place) : null;
  const url = server?.url ?? target.url;
  const options = agentOptions(
    server === null ? config : { ...config, url, agent: target.agent, apiKey: server.apiKey },
    io.env,
    place.ownership,
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
      died: server?.died ?? new Promise(() => {}),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startServer(
  { command }: Target,
  config: Config,
  io: Io,
  { server: stateDir, serverLog }: ServerPlace,
): Promise<OwnServer> {
  if (command !== null) {
    const { serveByCommand } = await import('./serve-command.ts');
    return serveByCommand(command, serverLog, config, io);
  }
  return startLocal(graphsFile(config), stateDir, config);
}
