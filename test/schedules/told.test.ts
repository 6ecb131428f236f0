/** `notify` and `ping` in a file of schedules: read, or refused with the line. */

import { describe, expect, it } from 'vitest';
import { readSchedules } from '../../src/schedules/schedules-file.ts';

const env = { HOOK: 'https://hooks.example/canary', SECRET: 'canary' };
const fileOf = (...lines: readonly string[]) =>
  [
    'out: results',
    'schedules:',
    '  nightly:',
    '    { cron: "0 3 * * *", dataset: qa.csv, url: http://127.0.0.1:1,',
    '      agent: a,',
    ...lines,
    '    }',
    '',
  ].join('\n');

describe('a schedule', () => {
  it('tells webhooks what they want, and pings', async () => {
    const read = await readSchedules(
      fileOf(
        '      ping: "${HOOK}",',
        '      notify: [{ url: "${HOOK}", secret: "${SECRET}", on: [failed, missed] },',
        '        { url: "http://127.0.0.1:1/", format: slack, allow_private: true }]',
      ),
      's.yaml',
      env,
    );

    expect(read).toMatchObject({
      all: [
        {
          ping: { url: env.HOOK, allowPrivate: false },
          webhooks: [
            {
              name: 'nightly 1',
              schedule: 'nightly',
              url: env.HOOK,
              secret: 'canary',
              on: ['failed', 'missed'],
            },
            {
              name: 'nightly 2',
              format: 'slack',
              secret: null,
              on: ['failed', 'regressed', 'recovered', 'missed'],
            },
          ],
        },
      ],
    });
  });

  it.each([
    [
      'an unset secret',
      'notify: { url: "${HOOK}", secret: "${NONE}" }',
      'expected the environment variable NONE to be set',
    ],
    ['no secret', 'notify: { url: "${HOOK}" }', 'secret: expected some text, as "${ALERT_SECRET}"'],
    [
      'a private address',
      'notify: { url: "https://10.1.2.3/", secret: s }',
      'url: 10.1.2.3 is on a private network',
    ],
    ['plain http', 'ping: "http://hooks.example/canary"', 'url: expected an https URL'],
    ['no URL', 'notify: { url: canary, secret: s }', 'url: expected a URL such as'],
    ['a text', 'notify: "${HOOK}"', 'notify: expected {url:'],
    [
      'an event that is none',
      'notify: { url: "${HOOK}", secret: s, on: [fialed] }',
      'on: expected one or more of started',
    ],
    [
      'a format that is none',
      'notify: { url: "${HOOK}", secret: s, format: teams }',
      'format: expected json or slack',
    ],
    [
      'a key that is none',
      'notify: { url: "${HOOK}", secret: s, no: [failed] }',
      '"no" is nothing that can stand here',
    ],
  ])('with %s is refused, with its line and no value', async (_, line, fault) => {
    const read = await readSchedules(fileOf(`      ${line}`), 's.yaml', env);

    const faults = 'faults' in read ? read.faults.join('\n') : '';
    expect(faults).toContain('s.yaml:6: ');
    expect(faults).toContain(fault);
    expect(faults).not.toContain('canary');
  });
});
