/** `threadmill schedule`, as a process: what it fires, what it refuses, and how it is stopped, killed and told. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { until } from '../support/agent-replies.ts';
import { says, startAgentServer } from '../support/agent-server.ts';
import { gate } from '../support/gate.ts';
import { questions, type Workplace, workplace } from '../support/threadmill.ts';

const echo = ({ prompt }: { prompt: string }) => says(prompt);
const patiently = { timeout: 30_000 };
/** On no day while a test runs. */
const notNow = '0 0 29 2 *';
const everySecond = '* * * * * *';

interface Made {
  readonly url: string;
  /** By name: cron and dataset, and whatever else there is to say. */
  readonly schedules: Readonly<
    Record<string, { readonly cron: string; readonly dataset?: string; readonly more?: string }>
  >;
}

const fileOf = ({ url, schedules }: Made) => `out: scheduled
defaults: { url: "${url}", agent: agent }
schedules:
${Object.entries(schedules)
  .map(
    ([name, { cron, dataset = 'qa.csv', more = '' }]) =>
      `  ${name}: { cron: "${cron}", dataset: ${dataset}${more} }\n`,
  )
  .join('')}`;

const firingsOf = (place: Workplace, name: string) =>
  readdir(join(place.path, 'scheduled', name)).then(
    (names) => names.sort(),
    () => [],
  );

async function stateOf(place: Workplace, name: string, firing: string): Promise<unknown> {
  const text = await readFile(join(place.path, 'scheduled', name, firing, 'batch.json'), 'utf8').catch(
    () => '{}',
  );
  return (JSON.parse(text) as { state?: unknown }).state;
}

describe('a firing by hand', () => {
  it('runs the batch in a directory named by its time, and ends as it does', async () => {
    await using server = await startAgentServer({ agent: echo });
    await using place = await workplace({
      'qa.csv': 'id,prompt,expected\nr1,one,one\nr2,two,three\n',
      'schedules.yaml': fileOf({
        url: server.url,
        schedules: {
          good: { cron: notNow },
          strict: { cron: notNow, more: ', scorer: exact, gate: "mean(exact) >= 0.9"' },
        },
      }),
    });

    const good = await place.threadmill(['schedule', 'schedules.yaml', '--once', 'good']);
    const strict = await place.threadmill(['schedule', 'schedules.yaml', '--once', 'strict']);

    const [firing = ''] = await firingsOf(place, 'good');
    expect(firing).toMatch(/^\d{8}T\d{6}Z$/);
    expect(await place.batch(`scheduled/good/${firing}`).records()).toHaveLength(2);
    expect([good.code, strict.code]).toEqual([0, 1]);
    expect(server.counts.creates).toBe(4);
  });

  it('takes a dataset whose name looks like an option for a file, and any name for a name', async () => {
    await using server = await startAgentServer({ agent: echo });
    await using place = await workplace({
      '--out=elsewhere.csv': 'id,prompt\nr1,one\n',
      'schedules.yaml': fileOf({
        url: server.url,
        schedules: { constructor: { cron: notNow, dataset: '"--out=elsewhere.csv"' } },
      }),
    });

    const { code } = await place.threadmill(['schedule', 'schedules.yaml', '--once', 'constructor']);

    const [firing = ''] = await firingsOf(place, 'constructor');
    expect(code).toBe(0);
    expect(await place.batch(`scheduled/constructor/${firing}`).records()).toHaveLength(1);
  });

  it('of a dataset that is not there fails, and says so', async () => {
    await using place = await workplace({
      'schedules.yaml': fileOf({ url: 'http://127.0.0.1:1', schedules: { nightly: { cron: notNow } } }),
    });

    const { code, stderr } = await place.threadmill(['schedule', 'schedules.yaml', '--once', 'nightly']);

    expect(code).toBe(2);
    expect(stderr).toMatch(/failed: nightly: qa\.csv: .*no such file/i);
  });

  it('of a name that there is none of suggests the nearest', async () => {
    await using place = await workplace({
      'schedules.yaml': fileOf({ url: 'http://127.0.0.1:1', schedules: { nightly: { cron: notNow } } }),
    });

    const { code, stderr } = await place.command(['schedule', 'schedules.yaml', '--once', 'nigthly']);

    expect(code).toBe(2);
    expect(stderr).toContain('did you mean nightly?');
  });
});

describe('schedules that are due', () => {
  it('are fired each in time, and one whose dataset is gone fails alone', async () => {
    await using server = await startAgentServer({ agent: echo });
    await using place = await workplace({
      'qa.csv': questions(1),
      'schedules.yaml': fileOf({
        url: server.url,
        schedules: { good: { cron: everySecond }, gone: { cron: everySecond, dataset: 'gone.csv' } },
      }),
    });

    const scheduler = place.start(['schedule', 'schedules.yaml']);
    await server.when(({ counts }) => counts.creates >= 2);
    await scheduler.says('failed: gone: gone.csv');
    scheduler.process.kill('SIGTERM');
    const { code } = await scheduler.ended;

    const firings = await firingsOf(place, 'good');
    const batches = new Set(server.runs.map(({ metadata }) => metadata['threadmill_batch']));
    expect(code).toBe(143);
    expect(firings.length).toBeGreaterThanOrEqual(2);
    expect(batches.size).toBe(server.runs.length);
    expect(await firingsOf(place, 'gone')).toEqual([]);
  });

  it('are told apart from a results place that is none', async () => {
    await using place = await workplace({
      'qa.csv': questions(1),
      'scheduled/nightly': 'a file',
      'schedules.yaml': fileOf({ url: 'http://127.0.0.1:1', schedules: { nightly: { cron: notNow } } }),
    });

    const { code, stderr } = await place.threadmill(['schedule', 'schedules.yaml', '--once', 'nightly']);

    expect(code).toBe(2);
    expect(stderr).toMatch(/failed: nightly: .*scheduled\/nightly/);
  });
});

describe('a scheduler that is stopped or killed', () => {
  it.each([
    ['stopped', 'SIGTERM', 143],
    ['killed', 'SIGKILL', null],
  ] as const)('goes on with the firing that was under way when it was %s', async (_, signal, exitCode) => {
    const hold = gate();
    await using server = await startAgentServer({
      agent: ({ prompt }) => (prompt === 'question 1' ? says(prompt) : until(hold.opened, says(prompt))),
    });
    const made = (cron: string) =>
      fileOf({
        url: server.url,
        schedules: { nightly: { cron, more: ', concurrency: 1, grace: 1s' } },
      });
    await using place = await workplace({ 'qa.csv': questions(3), 'schedules.yaml': made(everySecond) });
    const first = place.start(['schedule', 'schedules.yaml']);
    await server.when(({ counts }) => counts.creates === 2);
    const [firing = ''] = await firingsOf(place, 'nightly');
    await place.file('schedules.yaml', made(notNow));

    first.process.kill(signal);
    const { code } = await first.ended;
    hold.open();
    const second = place.start(['schedule', 'schedules.yaml']);
    await expect.poll(() => stateOf(place, 'nightly', firing), patiently).toBe('finished');
    second.process.kill('SIGTERM');
    await second.ended;

    const records = await place.batch(`scheduled/nightly/${firing}`).records();
    expect(code).toBe(exitCode);
    expect(records.map(({ id, outcome }) => `${id} ${outcome}`).sort()).toEqual(
      ['r1', 'r2', 'r3'].map((id) => `${id} success`),
    );
    expect(server.counts.creates).toBe(3);
    expect(await firingsOf(place, 'nightly')).toEqual([firing]);
  });
});

describe('two schedulers of one place', () => {
  it('one works, the other exits 3 and names it', async () => {
    await using place = await workplace({
      'qa.csv': questions(1),
      'schedules.yaml': fileOf({ url: 'http://127.0.0.1:1', schedules: { nightly: { cron: notNow } } }),
    });
    const first = place.start(['schedule', 'schedules.yaml']);
    await first.says('schedules.yaml; Ctrl-C stops');

    const second = await place.command(['schedule', 'schedules.yaml']);

    first.process.kill('SIGINT');
    expect(second.code).toBe(3);
    expect(second.stderr).toContain(`process ${first.process.pid} on `);
    expect((await first.ended).code).toBe(130);
  });
});

describe('SIGHUP', () => {
  it('refuses a broken file with its line, goes on by the old one, and takes a good one', async () => {
    await using server = await startAgentServer({ agent: echo });
    const made = (name: string, cron: string) => fileOf({ url: server.url, schedules: { [name]: { cron } } });
    await using place = await workplace({
      'qa.csv': questions(1),
      'schedules.yaml': made('old', '*/2 * * * * *'),
    });
    const scheduler = place.start(['schedule', 'schedules.yaml']);
    await scheduler.says('schedules.yaml; Ctrl-C stops');

    await place.file('schedules.yaml', made('broken', 'at night'));
    scheduler.process.kill('SIGHUP');
    await scheduler.says('the old one goes on:\nschedules.yaml:4: cron: expected five fields');
    const before = server.counts.creates;
    await server.when(({ counts }) => counts.creates > before);
    await place.file('schedules.yaml', made('new', everySecond).replace('out: scheduled', 'out: elsewhere'));
    scheduler.process.kill('SIGHUP');
    await scheduler.says('as before, got elsewhere: stop, and start again');
    await place.file('schedules.yaml', made('new', everySecond));
    scheduler.process.kill('SIGHUP');
    await expect.poll(() => firingsOf(place, 'new'), patiently).not.toEqual([]);
    scheduler.process.kill('SIGTERM');

    expect((await scheduler.ended).code).toBe(143);
    expect(await firingsOf(place, 'broken')).toEqual([]);
  });
});

describe('what the scheduler does not begin with', () => {
  const good = fileOf({ url: 'http://127.0.0.1:1', schedules: { nightly: { cron: notNow } } });

  it.each([
    ['that is torn', '{"format":1,"schedules":{"nightly":{"decided'],
    ['that is empty', ''],
    ['of another shape', '{"format":1,"schedules":{"nightly":{}}}'],
    ['of a later format', '{"format":2,"schedules":{}}'],
  ])('is a state file %s: exit 4, and it is left as it is', async (_, content) => {
    await using place = await workplace({ 'schedules.yaml': good, 'scheduled/schedules.json': content });

    const { code, stderr } = await place.command(['schedule', 'schedules.yaml']);

    expect(code).toBe(4);
    expect(stderr).toContain(join(place.path, 'scheduled/schedules.json'));
    expect(await readFile(join(place.path, 'scheduled/schedules.json'), 'utf8')).toBe(content);
  });

  it('is a place that cannot be made', async () => {
    await using place = await workplace({ 'schedules.yaml': good, scheduled: 'a file' });

    const { code, stderr } = await place.command(['schedule', 'schedules.yaml']);

    expect(code).toBe(2);
    expect(stderr).toContain(`out: ${join(place.path, 'scheduled')}`);
  });

  it.each([
    ['a cron expression that is none', 'cron: "0 3 * *"', 'schedules.yaml:4: cron: expected five fields'],
    [
      'a time zone that is none',
      'cron: "0 3 * * *", timezone: Europe/Olso',
      'schedules.yaml:4: timezone: expected a time zone',
    ],
    [
      'an unknown key',
      'cron: "0 3 * * *", overlpa: skip',
      'schedules.yaml:4: "overlpa" is nothing that can stand here; did you mean overlap?',
    ],
    ['an option that run would refuse', 'cron: "0 3 * * *", concurrency: many', 'schedules.yaml:4:'],
    [
      'a variable that is not set',
      'cron: "0 3 * * *", seed: "${NOT_SET}"',
      'schedules.yaml:4: seed: expected the environment variable NOT_SET',
    ],
  ])('is a file with %s: exit 2, and the line', async (_, own, told) => {
    const text = `out: scheduled\ndefaults: { url: "http://127.0.0.1:1", agent: a }\nschedules:\n  nightly: { dataset: qa.csv, ${own} }\n`;
    await using place = await workplace({ 'schedules.yaml': text });

    const { code, stderr } = await place.command(['schedule', 'schedules.yaml', '--list']);

    expect(code).toBe(2);
    expect(stderr).toContain(told);
  });

  it('is a file with two schedules of a name', async () => {
    const own = '  nightly: { cron: "0 3 * * *", dataset: qa.csv }\n';
    const text = `out: scheduled\ndefaults: { url: "http://127.0.0.1:1", agent: a }\nschedules:\n${own}${own}`;
    await using place = await workplace({ 'schedules.yaml': text });

    const { code, stderr } = await place.command(['schedule', 'schedules.yaml', '--list']);

    expect(code).toBe(2);
    expect(stderr).toMatch(/schedules\.yaml:5: .*nightly|schedules\.yaml:5: .*unique/);
  });
});

describe('--list', () => {
  it('gives the next five firings of each', async () => {
    await using place = await workplace({
      'schedules.yaml': fileOf({
        url: 'http://127.0.0.1:1',
        schedules: {
          nightly: { cron: '0 3 * * *', more: ', timezone: Europe/Oslo' },
          leap: { cron: notNow },
        },
      }),
    });

    const text = await place.command(['schedule', 'schedules.yaml', '--list']);
    const json = await place.command(['schedule', 'schedules.yaml', '--list', '--json']);

    const lists = JSON.parse(json.stdout) as { schedule: string; next: string[] }[];
    expect(lists.map(({ schedule, next }) => `${schedule} ${next.length}`)).toEqual(['nightly 5', 'leap 5']);
    for (const { next } of lists) expect(next).toEqual(next.toSorted());
    expect(text.stdout.match(/03:00:00/g)).toHaveLength(5);
    expect(text.stdout.match(/-02-29 00:00:00/g)).toHaveLength(5);
  });
});
