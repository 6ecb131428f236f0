/** Finds the packages a local Agent Server is made of. They are optional: most people ask a deployed agent. */

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigError } from '../errors.ts';

/** The versions that were tried together; 2.0.0 of the server is older code than 1.5.1. */
export const installCommand =
  'npm install @langchain/langgraph-api@1.5.1 @langchain/langgraph@1.7.3 ' +
  '@langchain/langgraph-checkpoint@1.2.2 @langchain/langgraph-sdk@1.15.0 @langchain/core@1.4.0 typescript@5';

export interface ServerPackages {
  /** What the child imports to have a server. */
  readonly serverUrl: string;
  /** Lets the child import graphs in TypeScript. */
  readonly tsxUrl: string;
  /** From here the server and the bundled agents must be made to take `@langchain/*`; null where they share one copy as it is. */
  readonly anchorUrl: string | null;
}

const peers = ['@langchain/langgraph', '@langchain/langgraph-checkpoint', '@langchain/core/messages'];

/**
 * The server's packages, from the first of these directories that has them.
 *
 * @param places Directories, those that the graphs are in first.
 * @throws ConfigError With the command that installs what is missing.
 */
export function findServerPackages(places: readonly string[]): ServerPackages {
  const server = firstFound('@langchain/langgraph-api/server', places);
  if (server === null) {
    const looked = [...new Set(places)].join(', ');
    throw missing(`it needs @langchain/langgraph-api, which was not found from ${looked}`);
  }
  const lacking = [...peers, 'tsx'].filter((peer) => resolveFrom(server, peer) === null);
  if (lacking.length > 0) throw missing(`${server} needs ${lacking.join(', ')}, not found from there`);

  const anchor = findAnchor(fileIn(places[0] ?? ''), server);
  return {
    serverUrl: pathToFileURL(server).href,
    tsxUrl: pathToFileURL(resolveFrom(server, 'tsx') ?? '').href,
    anchorUrl: anchor === null ? null : pathToFileURL(anchor).href,
  };
}

/** Graphs that have a LangGraph of their own are run with that one, wherever the server is from. */
function findAnchor(graphs: string, server: string): string | null {
  if (resolveFrom(graphs, '@langchain/langgraph') === null) return server;
  const copies = peers.map((peer) => ({
    graphs: resolveFrom(graphs, peer),
    server: resolveFrom(server, peer),
  }));
  return copies.every((copy) => copy.graphs === null || copy.graphs === copy.server) ? null : graphs;
}

const missing = (what: string) =>
  new ConfigError(
    `A local Agent Server cannot be started: ${what}. Install what it is made of with:\n  ${installCommand}`,
  );

function firstFound(specifier: string, places: readonly string[]): string | null {
  for (const place of places) {
    const found = resolveFrom(fileIn(place), specifier);
    if (found !== null) return found;
  }
  return null;
}

/** Packages are looked for from a file; it need not exist. */
const fileIn = (directory: string) => join(directory, 'package.json');

function resolveFrom(file: string, specifier: string): string | null {
  try {
    return createRequire(file).resolve(specifier);
  } catch {
    return null;
  }
}
