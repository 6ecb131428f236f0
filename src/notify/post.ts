/**
 * One request to a URL that somebody named once and that nobody watches. The address is looked at when it is
 * connected to: whatever a name resolved to before says nothing. Redirects are not followed, answers are not kept.
 */

import { type LookupAddress, type LookupOptions, lookup as resolveName } from 'node:dns';
import type { Dispatcher } from 'undici';
import { retryAfterMs } from '../retry-after.ts';
import type { Runtime } from '../runtime.ts';
import { createProxied, loadWhole, type Proxies } from '../undici.ts';
import { addressFault, type Target, targetFault } from '../webhook.ts';
import type { Letter } from './letter.ts';

export interface PostOptions {
  /** For one try, all of it, ms. */
  readonly timeoutMs: number;
  readonly proxies: Proxies;
  /** Default: the system's. */
  readonly lookup?: typeof resolveName | undefined;
}

export const longestTryMs = 10_000;

/** What came of one try: an answer, or why there is none. */
export type Posted =
  | { readonly status: number; readonly retryAfterMs: number | null }
  | { readonly problem: string };

/** @param signal Gives it up. */
export type Post = (letter: Letter, signal: AbortSignal) => Promise<Posted>;

/** As often it is looked whether a try takes too long. */
const sweepMs = 100;
/** Of an answer: read so that its sender may end, and thrown away. */
const mostAnswerBytes = 64 * 1024;

class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly code = 'ADDRESS_REFUSED';
}

export function createPost(options: PostOptions, runtime: Runtime): Post {
  return async (letter, signal) => {
    const fault = targetFault(letter);
    if (fault !== null) return { problem: fault };
    const late = new AbortController();
    const deadline = runtime.now() + options.timeoutMs;
    const stopSweep = runtime.every(sweepMs, () => {
      if (runtime.now() >= deadline) late.abort();
    });
    let dispatcher: Dispatcher | null = null;
    try {
      dispatcher = createDispatcher(letter, options);
      return await exchange(dispatcher, letter, AbortSignal.any([signal, late.signal]), runtime);
    } catch (error) {
      return {
        problem: late.signal.aborted ? `no answer within ${options.timeoutMs / 1_000} s` : reasonOf(error),
      };
    } finally {
      stopSweep();
      await dispatcher?.destroy();
    }
  };
}

async function exchange(
  dispatcher: Dispatcher,
  { url, method, headers, body }: Letter,
  signal: AbortSignal,
  runtime: Runtime,
): Promise<Posted> {
  const { origin, pathname, search } = new URL(url);
  const answer = await dispatcher.request({ origin, path: pathname + search, method, headers, body, signal });
  // Its status says all. One that does not end is no less of an answer.
  await answer.body.dump({ limit: mostAnswerBytes, signal }).catch(() => {});
  return { status: answer.statusCode, retryAfterMs: retryAfterMs(answer.headers, runtime.date()) };
}

/** For one request: they are few, and a connection that is kept would be of yesterday's address. */
function createDispatcher(
  target: Target,
  { proxies, lookup = resolveName, timeoutMs }: PostOptions,
): Dispatcher {
  const settings = {
    connect: { lookup: guarded(lookup, target), timeout: timeoutMs },
    headersTimeout: 0,
    bodyTimeout: 0,
  };
  // The guard is of what is connected to from here; behind a proxy, names are the proxy's to resolve.
  return createProxied(proxies, settings) ?? new (loadWhole().Agent)(settings);
}

/** A lookup that gives no address to which nothing may be sent: were one of several allowed, it might be the other. */
function guarded(lookup: typeof resolveName, target: Target) {
  return (
    name: string,
    options: LookupOptions,
    done: (error: Error | null, address: string | LookupAddress[], family?: number) => void,
  ): void => {
    lookup(name, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return done(error, []);
      const faults = addresses.map(({ address }) => addressFault(address, target));
      const fault = faults.find((one) => one !== null) ?? null;
      const [first] = addresses;
      if (fault !== null) done(new RefusedError(`${name}: ${fault}`), []);
      else if (options.all === true || first === undefined) done(null, addresses);
      else done(null, first.address, first.family);
    });
  };
}

/** Never with the URL in it. */
function reasonOf(error: unknown): string {
  if (error instanceof RefusedError) return error.message;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code === '' ? 'the connection broke' : `the connection broke (${code})`;
}
