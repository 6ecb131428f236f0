/** Waits for a server that is getting ready. */

import type { Runtime } from '../runtime.ts';

const pollEveryMs = 50;
/** A server that is getting ready may take a request and not answer it. */
const pollTimeoutMs = 2_000;
/** What `localhost` means differs: some servers listen on the one alone, some on the other. */
const hosts = ['127.0.0.1', '[::1]'];

export interface FirstAnswer {
  /** Where it is; null: nobody waited any more. */
  readonly url: string | null;
  /** What the answer was that came last before; null: there was none. */
  readonly status: number | null;
}

/** Asks `GET /ok` again and again until it says 200. @param signal Aborts: nobody waits any more. */
export async function firstAnswer(
  port: number,
  { sleep }: Pick<Runtime, 'sleep'>,
  signal: AbortSignal,
): Promise<FirstAnswer> {
  let status: number | null = null;
  for (let at = 0; !signal.aborted; at += 1) {
    const url = `http://${hosts[at % hosts.length]}:${port}`;
    const seen = await statusOf(`${url}/ok`, signal);
    if (seen === 200) return { url, status };
    status = seen ?? status; // that one of the hosts refuses tells nothing
    await sleep(pollEveryMs, signal);
  }
  return { url: null, status };
}

/** Null where nobody answered. */
async function statusOf(url: string, signal: AbortSignal): Promise<number | null> {
  try {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(pollTimeoutMs)]);
    const answer = await fetch(url, { signal: patience, redirect: 'manual' });
    await answer.body?.cancel();
    return answer.status;
  } catch {
    return null;
  }
}
