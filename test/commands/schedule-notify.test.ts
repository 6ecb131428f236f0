/** Whom `threadmill schedule` tells: the webhooks and the ping of a schedule. */

import { expect, it } from 'vitest';
import type { Notice } from '../../src/notice.ts';
import { says, startAgentServer } from '../support/agent-server.ts';
import { workplace } from '../support/threadmill.ts';
import { startReceiver } from '../support/webhook-receiver.ts';

const env = { ALERT_SECRET: 'canary-secret-0123456789' };
const once = ['schedule', 'schedules.yaml', '--once', 'nightly'];

const fileOf = (url: string, hook: string) => `out: scheduled
defaults: { url: "${url}", agent: agent }
schedules:
  nightly:
    cron: "0 0 29 2 *"
    dataset: qa.csv
    scorer: exact
    gate: mean(exact) >= 0.9
    notify: { url: "${hook}", secret: "\${ALERT_SECRET}", allow_private: true, on: [started, finished, failed, recovered] }
    ping: { url: "${hook}/alive", allow_private: true }
`;

it('a schedule tells how its firings go, in order, and pings after good ones alone', async () => {
  await using server = await startAgentServer({ agent: ({ prompt }) => says(prompt) });
  await using receiver = await startReceiver();
  await using place = await workplace({
    'qa.csv': 'id,prompt,expected\nr1,one,another\n',
    'schedules.yaml': fileOf(server.url, receiver.url),
  });

  const bad = await place.threadmill(once, { env });
  await place.file('qa.csv', 'id,prompt,expected\nr1,one,one\n');
  const good = await place.threadmill(once, { env });

  const posted = receiver.heard.filter(({ method }) => method === 'POST');
  const notices = posted.map(({ body }) => JSON.parse(body) as Notice);
  expect([bad.code, good.code]).toEqual([1, 0]);
  expect(notices.map(({ event }) => event)).toEqual([
    'started',
    'failed',
    'started',
    'finished',
    'recovered',
  ]);
  expect(new Set(notices.map(({ id }) => id)).size).toBe(notices.length);
  expect(notices.at(-1)).toMatchObject({ schedule: 'nightly', verdict: 'OK', exit_code: 0 });
  expect(receiver.heard.filter(({ path }) => path === '/alive')).toHaveLength(1);
  expect(bad.stderr + good.stderr).not.toContain(env.ALERT_SECRET);
});
