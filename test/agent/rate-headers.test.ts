import { expect, it } from 'vitest';
import { createLimit } from '../../src/agent/limit.ts';
import { rateResetMs } from '../../src/agent/rate-headers.ts';
import { manualRuntime } from '../support/manual-runtime.ts';

it.each([
  [{}, null],
  [{ 'ratelimit-remaining': '3', 'ratelimit-reset': '7' }, null],
  [{ 'ratelimit-remaining': '0', 'ratelimit-reset': '7' }, 7_000],
  [{ 'ratelimit-remaining': '0' }, null],
  [{ 'ratelimit-remaining': '0', 'ratelimit-reset': '0' }, null],
  [{ 'ratelimit-remaining': '0', 'ratelimit-reset': 'soon' }, null],
  // A moment since 1970, as some send it, is no number of seconds.
  [{ 'ratelimit-remaining': '0', 'ratelimit-reset': '1795392000' }, null],
  [{ 'ratelimit-remaining': '0', 'ratelimit-reset': '86400' }, 60_000],
  [{ ratelimit: '"default";r=0;t=12' }, 12_000],
  [{ ratelimit: '"burst";r=5;t=1, "day"; r=0; t=30' }, 30_000],
  [{ ratelimit: ['"a";r=0;t=2', '"b";r=0;t=4'] }, 4_000],
  [{ ratelimit: '"default";r=4;t=12' }, null],
  [{ ratelimit: 'r=0;t=' }, null],
])('%j is a rest of %j ms', (headers, restMs) => {
  expect(rateResetMs(headers)).toBe(restMs);
});

it('a rest keeps all requests back until it is over, without any rate too', async () => {
  const runtime = manualRuntime();
  const limit = createLimit(null, runtime);
  const at: number[] = [];

  limit.rest(7_000);
  const taken = Promise.all(
    [1, 2].map(async () => {
      await limit.take({ deadline: Number.POSITIVE_INFINITY, signal: new AbortController().signal });
      at.push(runtime.now());
    }),
  );
  await runtime.advance(10_000);
  await taken;

  expect(at).toEqual([7_000, 7_000]);
});
