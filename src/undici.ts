/**
 * What is used of undici: a pool, and all of it only where there is a proxy. Its fetch, caches and WebSocket would take
 * 80 ms of every start. The version is pinned exactly, so the pool's place holds.
 */

import { createRequire } from 'node:module';
import type undici from 'undici';
import type { Dispatcher } from 'undici';

const load = createRequire(import.meta.url);

export const loadPool = (): typeof undici.Pool => load('undici/lib/dispatcher/pool.js');

/** The proxies of a user's environment. */
export interface Proxies {
  readonly http?: string | undefined;
  readonly https?: string | undefined;
  readonly no?: string | undefined;
}

/** A pool of it alone can also open tunnels. */
export const loadWhole = (): typeof undici => load('undici');

class ProxyError extends Error {
  override readonly name = 'ProxyError';
  readonly code = 'EPROXY';
}

/**
 * Connections to a proxy. One that hangs up is told by an error of our own: of its own one undici thinks that it will
 * pass, and asks the proxy again at once, without end.
 */
function createTunnels(origin: URL, options: object): Dispatcher {
  const { Pool } = loadWhole();
  const pool = new Pool(origin, options);
  const open: (tunnel: Dispatcher.ConnectOptions) => Promise<Dispatcher.ConnectData> =
    pool.connect.bind(pool);
  const connect = (tunnel: Dispatcher.ConnectOptions) =>
    open(tunnel).catch((cause: unknown) => {
      const why = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
      if (!why.startsWith('UND_ERR_')) throw cause;
      throw new ProxyError('the proxy hung up', { cause });
    });
  return Object.assign(pool, { connect });
}

/** Sends by way of the proxies; null where there is none. @param settings Of its connections. */
export function createProxied({ http, https, no }: Proxies, settings: object): Dispatcher | null {
  if (!http && !https) return null;
  const { EnvHttpProxyAgent } = loadWhole();
  return new EnvHttpProxyAgent({
    ...settings,
    clientFactory: createTunnels,
    // An empty text is none; left out, undici would read the process's own environment.
    httpProxy: http ?? '',
    httpsProxy: https ?? '',
    noProxy: no ?? '',
  });
}
