/**
 * What is used of undici: a pool, and all of it only where there is a proxy. Its fetch, caches and WebSocket would take
 * 80 ms of every start. The version is pinned exactly, so the pool's place holds.
 */

import { createRequire } from 'node:module';
import type undici from 'undici';

const load = createRequire(import.meta.url);

export const loadPool = (): typeof undici.Pool => load('undici/lib/dispatcher/pool.js');

/** A pool of it alone can also open tunnels. */
export const loadWhole = (): typeof undici => load('undici');
