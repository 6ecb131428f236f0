/** No hang, ever: whatever a server does, a turn ends within a second after --timeout, and never in success. */

import { describe, expect, it } from 'vitest';
import { manualRuntime } from '../support/manual-runtime.ts';
import { type BadServer, badServers } from './bad-servers.ts';
import { jobOf, startClient } from './client.ts';
import { pumped } from './pumped.ts';

const ways = [
  ['stateless', { mode: 'stateless', stream: false }],
  ['stateless, streamed', { mode: 'stateless', stream: true }],
  ['threaded', { mode: 'threaded', stream: false }],
  ['threaded, streamed', { mode: 'threaded', stream: true }],
] as const;

/** Asks one turn; time flies while nothing happens. */
async function endingAt(bad: BadServer, way: (typeof ways)[number][1]) {
  const runtime = manualRuntime();
  await using server = await bad.start();
  const limits = { timeoutMs: 30_000, idleTimeoutMs: 4_000, connectTimeoutMs: 2_000 };
  await using client = startClient(server, { runtime, ...way, ...limits });
  const { outcome, attempts } = await pumped(runtime, client.ask(jobOf()));
  return { outcome, attempts, tookMs: runtime.now() };
}

describe.each(ways)('%s, of a server that', (_, way) => {
  const isThreaded = way.mode === 'threaded';

  it.each(badServers.map((bad) => [bad.server, bad] as const))('%s', async (_title, bad) => {
    const { outcome, tookMs } = await endingAt(bad, way);

    const [kind, code] = isThreaded
      ? (bad.threaded ?? ['timeout', 'TIMEOUT'])
      : bad[way.stream ? 'stream' : 'wait'];
    const mayHaveRun = bad.mayHaveRun[way.mode];
    const kept = bad.kept[way.stream ? 'stream' : 'wait'];
    expect(outcome.outcome).toBe('error');
    expect(outcome.failure).toMatchObject({ kind, code, may_have_run: mayHaveRun, uncertain: mayHaveRun });
    expect(outcome.response ?? '').toMatch(kept ?? /^$/);
    expect(tookMs).toBeLessThanOrEqual(31_000);
  });
});
