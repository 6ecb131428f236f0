/** The scheduler, scraped and asked whether it lives, as a process. */

import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { libraryIo } from '../../src/commands/library.ts';
import { createScheduleWatch } from '../../src/commands/schedule-watch.ts';
import { says, startAgentServer } from '../support/agent-server.ts';
import { readExposition, sampleValue } from '../support/exposition-reader.ts';
import { manualRuntime } from '../support/manual-runtime.ts';
import { questions, type Started, workplace } from '../support/threadmill.ts';

const patiently = { timeout: 30_000 };
const fileOf = (url: string, cron: string) => `out: scheduled
defaults: { url: "${url}", agent: agent }
schedules:
  nightly: { cron: "${cron}", dataset: qa.csv, scorer: exact }
`;
/** On no day while a test runs. */
const notNow = '0 0 29 2 *';
const anywhere = ['schedule', 'schedules.yaml', '--listen', '127.0.0.1:0'];

async function urlOf(scheduler: Started): Promise<string> {
  await scheduler.says(' answers /metrics');
  return /(http:\S+) answers \/metrics/.exec(scheduler.saidSoFar())?.[1] ?? '';
}

const scrape = async (url: string) => {
  const response = await fetch(`${url}/metrics`);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  return readExposition(await response.text());
};
const nightly = { schedule: 'nightly' };

describe('/metrics of the scheduler', () => {
  it('tells firings, how they went, and what they scored', async () => {
    await using server = await startAgentServer({ agent: ({ prompt }) => says(prompt) });
    await using place = await workplace({
      'qa.csv': 'id,prompt,expected\nr1,one,one\nr2,two,three\n',
      'schedules.yaml': fileOf(server.url, '* * * * * *'),
    });
    const scheduler = place.start(anywhere);
    const url = await urlOf(scheduler);

    await expect
      .poll(
        async () =>
          sampleValue(await scrape(url), 'threadmill_schedule_notices_total', {
            ...nightly,
            event: 'finished',
          }),
        patiently,
      )
      .toBeGreaterThanOrEqual(1);

    await expect
      .poll(
        async () => sampleValue(await scrape(url), 'threadmill_schedule_health', { health: 'good' }),
        patiently,
      )
      .toBe(1);
    const metrics = await scrape(url);
    expect(sampleValue(metrics, 'threadmill_schedule_score', { ...nightly, scorer: 'exact' })).toBe(0.5);
    expect(sampleValue(metrics, 'threadmill_schedule_exit_code', nightly)).toBe(0);
    const lastGood = sampleValue(metrics, 'threadmill_schedule_last_success_timestamp_seconds', nightly);
    expect(Math.abs(Date.now() / 1_000 - (lastGood ?? 0))).toBeLessThan(60);
    expect(sampleValue(metrics, 'process_resident_memory_bytes')).toBeGreaterThan(1e7);
    scheduler.process.kill('SIGTERM');
    expect((await scheduler.ended).code).toBe(143);
  });
});

describe('/healthz and /readyz', () => {
  it('tell what is wrong: no look at the clock, another owner, no place to write', async () => {
    await using place = await workplace();
    const runtime = manualRuntime();
    const lost = new AbortController();
    const scheduler = { lookedAt: runtime.now() };
    const watched = { schedules: () => [], state: { format: 1, schedules: {} } as const, scheduler };
    const listening = await createScheduleWatch(libraryIo({ runtime })).listen(
      { host: '127.0.0.1', port: 0 },
      { ...watched, lock: { lost: lost.signal }, out: join(place.path, 'out') },
    );
    const told = async (path: string) => {
      const response = await fetch(listening.url + path);
      return [response.status, (await response.text()).trim()];
    };

    expect(await told('/readyz')).toEqual([503, 'the place of state and batches cannot be written to']);
    await place.file('out/there', '');
    expect(await told('/readyz')).toEqual([200, 'ok']);
    await runtime.advance(61_000);
    expect(await told('/healthz')).toEqual([503, 'no look at the clock for 61 s']);
    expect((await told('/readyz'))[0]).toBe(503);
    scheduler.lookedAt = runtime.now();
    expect(await told('/healthz')).toEqual([200, 'ok']);
    lost.abort();
    expect(await told('/readyz')).toEqual([503, 'another scheduler has the lock']);
    await listening[Symbol.asyncDispose]();
  });

  it('answer where it works, and nothing else does', async () => {
    await using place = await workplace({
      'qa.csv': questions(1),
      'schedules.yaml': fileOf('http://127.0.0.1:1', notNow),
    });
    const scheduler = place.start(anywhere);
    const url = await urlOf(scheduler);

    const statuses = await Promise.all(
      ['/healthz', '/readyz', '/', '/metrics/../etc'].map(async (path) => (await fetch(url + path)).status),
    );
    const posted = await fetch(`${url}/metrics`, { method: 'POST' });

    expect([...statuses, posted.status]).toEqual([200, 200, 404, 404, 405]);
    scheduler.process.kill('SIGTERM');
    await scheduler.ended;
  });
});

describe('--listen', () => {
  it('refuses a port that somebody else has, before it fires anything', async () => {
    await using place = await workplace({
      'qa.csv': questions(1),
      'schedules.yaml': fileOf('http://127.0.0.1:1', '* * * * * *'),
    });
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };

    const { code, stderr } = await place.command([
      ...['schedule', 'schedules.yaml', '--listen', `127.0.0.1:${port}`],
    ]);

    other.close();
    expect(code).toBe(2);
    expect(stderr).toContain(
      `--listen: 127.0.0.1:${port} cannot be listened on: somebody else listens there`,
    );
  });

  it.each(['9464', 'localhost', '127.0.0.1:70000', '127.0.0.1:', ':9464', 'http://x:1', '::1:9'])(
    'refuses %s',
    async (address) => {
      await using place = await workplace({ 'schedules.yaml': fileOf('http://127.0.0.1:1', notNow) });

      const { code, stderr } = await place.command(['schedule', 'schedules.yaml', '--listen', address]);

      expect(code).toBe(2);
      expect(stderr).toContain('--listen: expected host:port such as 127.0.0.1:9464, or none');
    },
  );
});

describe('--log json', () => {
  it('tells each notice as a line', async () => {
    await using server = await startAgentServer({ agent: ({ prompt }) => says(prompt) });
    await using place = await workplace({
      'qa.csv': 'id,prompt\nr1,one\n',
      'schedules.yaml': fileOf(server.url, notNow).replace(', scorer: exact', ''),
    });

    const { code, stderr } = await place.threadmill([
      ...['schedule', 'schedules.yaml', '--once', 'nightly', '--log', 'json'],
    ]);

    const lines = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(code).toBe(0);
    expect(lines.filter(({ event }) => event === 'notice')).toMatchObject([
      { notice: 'started', schedule: 'nightly' },
      { notice: 'finished', schedule: 'nightly', verdict: 'OK', exit_code: 0 },
    ]);
  });
});
