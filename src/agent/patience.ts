/** Waiting for a server that does not answer just now, never longer than a call may take. */

import { RequestError } from '../errors.ts';
import type { Runtime } from '../runtime.ts';
import type { Failure } from '../types.ts';
import type { Call } from './server.ts';

/** Sleeps, until the call's deadline at the longest. */
export const pause = (runtime: Runtime, { deadline, signal }: Call, ms: number): Promise<void> =>
  runtime.sleep(Math.max(0, Math.min(ms, deadline - runtime.now())), signal);

const baseMs = 250;
const mostMs = 5_000;

/**
 * Repeats a request that runs nothing until it is answered: what may have run is looked at as long as its turn has
 * time, whatever the number of tries, for nobody could say else how it ended.
 * @throws RequestError at the call's deadline, in an outage, and what no waiting mends.
 */
export async function patiently<T>(runtime: Runtime, call: Call, request: () => Promise<T>): Promise<T> {
  let last: Failure | null = null;
  for (let tries = 0; ; tries += 1) {
    try {
      return await request();
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (call.refused?.(error.failure, error.retryAfterMs)) throw error;
      if (!mayPass(error.failure)) throw last === null ? error : since(error, last);
      last = error.failure;
      const backOffMs = Math.min(mostMs, baseMs * 2 ** tries) * (0.5 + runtime.random() / 2);
      await pause(runtime, call, Math.max(backOffMs, error.retryAfterMs ?? 0));
    }
  }
}

/** Of the end of patience: with why it was needed. */
function since(error: RequestError, { code, message }: Failure): RequestError {
  const { failure } = error;
  return error.as({ ...failure, message: `${failure.message}; before it ${code}: ${message}` });
}

const passing = new Set(['HTTP_408', 'HTTP_425', 'HTTP_429', 'HTML_ANSWER', 'NOT_JSON', 'BODY_CUT_SHORT']);

function mayPass({ kind, code, status }: Failure): boolean {
  if (kind === 'connect' || kind === 'reset') return true;
  return code === 'IDLE_TIMEOUT' || passing.has(code) || (status ?? 0) >= 500;
}
