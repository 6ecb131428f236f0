import { describe, expect, it } from 'vitest';
import { argumentsOf } from '../../src/schedules/run-flags.ts';
import type { Schedules } from '../../src/schedules/schedule.ts';
import { readSchedules } from '../../src/schedules/schedules-file.ts';

const env = {
  LANGGRAPH_API_URL: 'http://127.0.0.1:1',
  LANGGRAPH_AGENT_ID: 'a',
  ALERT_URL: 'https://hooks.example',
};

async function schedulesOf(text: string): Promise<Schedules> {
  const read = await readSchedules(text, 's.yaml', env);
  if ('faults' in read) throw new Error(read.faults.join('\n'));
  return read;
}

async function faultsOf(text: string): Promise<readonly string[]> {
  const read = await readSchedules(text, 's.yaml', env);
  return 'faults' in read ? read.faults : [];
}

describe('a file of schedules', () => {
  it('gives each schedule its own keys over the defaults', async () => {
    const { out, maxBatches, all } = await schedulesOf(`
out: results/scheduled
max_batches: 4
defaults: { timezone: Europe/Oslo, overlap: queue, repeat: 3 }
schedules:
  nightly: { cron: "0 3 * * *", dataset: smoke.csv, jitter: 2m, keep_last: 30 }
  hourly: { cron: "0 * * * *", dataset: canary.csv, timezone: UTC, catch_up: none, repeat: 1 }
`);

    expect({ out, maxBatches }).toEqual({ out: 'results/scheduled', maxBatches: 4 });
    expect(all).toMatchObject([
      {
        name: 'nightly',
        timezone: 'Europe/Oslo',
        overlap: 'queue',
        catchUp: 'latest',
        jitterMs: 120_000,
        keepLast: 30,
      },
      { name: 'hourly', timezone: 'UTC', overlap: 'queue', catchUp: 'none', jitterMs: 0, keepLast: null },
    ]);
    expect(all.map(({ options }) => options['repeat'])).toEqual([['3'], ['1']]);
  });

  it('gives options of run as a person would type them', async () => {
    const { all } = await schedulesOf(
      `
out: r
schedules:
  a:
    cron: "0 3 * * *"
    dataset: a.csv
    local: true
    stream: true
    raw-csv: false
    max-drop: 0.03
    gate: [mean(exact) >= 0.9, error_rate <= 5%]
    header: "Authorization: Bearer \${TOKEN_OF_RUN}"
`
        .replace('local: true', 'concurrency: auto')
        .replace(/\n {4}header.*/, ''),
    );

    expect(argumentsOf(all[0]?.options ?? {})).toEqual([
      '--stream',
      '--concurrency=auto',
      '--gate=mean(exact) >= 0.9',
      '--gate=error_rate <= 5%',
      '--max-drop=0.03',
    ]);
  });

  it('takes variables from the environment, but leaves those of headers to run', async () => {
    const { all } = await schedulesOf(`
out: r
schedules:
  a: { cron: "0 3 * * *", dataset: a.csv, notify: { url: "\${ALERT_URL}/x", format: slack }, header: "X-To: \${ALERT_URL}" }
`);

    expect(all[0]?.webhooks.map(({ url }) => url)).toEqual(['https://hooks.example/x']);
    expect(all[0]?.options['header']).toEqual(['X-To: ${ALERT_URL}']);
  });

  it('tells every fault at once, each with its line', async () => {
    const faults = await faultsOf(`out: r
max_batches: none
defaults:
  concurency: 20
  repeat: 0
schedules:
  nightly:
    cron: "61 3 * * *"
    dataset: a.csv
  bad/name:
    cron: "0 3 * * *"
    timezone: Europe/Olso
    dataset: a.csv
  third:
    cron: "0 3 * * *"
    dataset: a.csv
    overlap: never
    jitter: soon
    keep_lst: 3
    out: elsewhere
    body: { a: 1 }
    notify: { url: "\${ALERT_URL}", secret: "\${UNSET_SECRET}" }
`);

    expect(faults).toEqual([
      's.yaml:2: max_batches: expected a whole number from 1, saw "none"',
      expect.stringMatching(
        /^s\.yaml:4: "concurency" is nothing that can stand here; did you mean concurrency\?$/,
      ),
      's.yaml:5: nightly: repeat: expected a whole number from 1 to 10000, got "0"',
      's.yaml:5: bad/name: repeat: expected a whole number from 1 to 10000, got "0"',
      's.yaml:5: third: repeat: expected a whole number from 1 to 10000, got "0"',
      expect.stringMatching(
        /^s\.yaml:8: cron: expected five fields .* Invalid value for minute: 61\), saw "61 3/,
      ),
      expect.stringMatching(/^s\.yaml:10: "bad\/name": expected a name of letters/),
      's.yaml:12: timezone: expected a time zone such as Europe/Oslo or UTC, saw "Europe/Olso"',
      's.yaml:17: overlap: expected skip or queue, saw "never"',
      expect.stringMatching(/^s\.yaml:18: jitter: expected a duration such as/),
      's.yaml:19: "keep_lst" is nothing that can stand here; did you mean keep_last?',
      expect.stringMatching(/^s\.yaml:20: "out" is nothing that can stand here/),
      expect.stringMatching(/^s\.yaml:21: body: expected some text, saw \{"a":1\}$/),
      's.yaml:22: secret: expected the environment variable UNSET_SECRET to be set, it is not',
      's.yaml:22: secret: expected some text, as "${ALERT_SECRET}", which signs each notice',
    ]);
  });

  it('refuses two schedules of a name, with the line of the second', async () => {
    const faults = await faultsOf(
      'out: r\nschedules:\n  a: { cron: "0 3 * * *", dataset: a.csv }\n  a: {}\n',
    );

    expect(faults).toEqual([expect.stringMatching(/^s\.yaml:4: .*unique/)]);
  });

  it('refuses names that are one directory where capitals are nothing, and those of its own files', async () => {
    const faults = await faultsOf(`
out: r
schedules:
  nightly: { cron: "0 3 * * *", dataset: a.csv }
  Nightly: { cron: "0 3 * * *", dataset: a.csv }
  schedules.json: { cron: "0 3 * * *", dataset: a.csv }
`);

    expect(faults).toEqual([
      's.yaml:5: Nightly: expected a name that differs from nightly by more than capitals: both are directories',
      's.yaml:6: schedules.json: expected another name; those that begin with "schedules." are the scheduler\'s own files',
    ]);
  });

  it('refuses what run would refuse of the options together', async () => {
    const faults = await faultsOf(
      'out: r\nschedules:\n  a: { cron: "0 3 * * *", dataset: a.csv, sample: 3, limit: 2 }\n',
    );

    expect(faults).toEqual([expect.stringMatching(/^s\.yaml:3: a: sample: draws from the whole dataset/)]);
  });

  it.each(['', '[]', 'out: r', 'out: r\nschedules: {}', 'out: r\nschedules: 3', 'a: [\n'])(
    'refuses %j',
    async (text) => {
      expect(await faultsOf(text)).not.toEqual([]);
    },
  );
});
