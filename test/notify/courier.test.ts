/** Delivery to real receivers, on a clock that is moved by hand. */

import { createHmac } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Courier } from '../../src/notify/courier.ts';
import { createPost, longestTryMs } from '../../src/notify/post.ts';
import type { Webhook } from '../../src/webhook.ts';
import { type ManualRuntime, manualRuntime } from '../support/manual-runtime.ts';
import {
  type Answers,
  hangs,
  inTurn,
  type Receiver,
  startReceiver,
  status,
} from '../support/webhook-receiver.ts';
import { madeNotice, madeWebhook } from './made-notice.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'threadmill-test-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

interface Told {
  readonly courier: Courier;
  readonly said: string[];
}

async function open(runtime: ManualRuntime, webhooks: readonly Webhook[]): Promise<Told> {
  const said: string[] = [];
  const post = createPost({ timeoutMs: longestTryMs, proxies: {} }, runtime);
  const say = (line: string) => void said.push(line);
  const courier = await Courier.open({ path: join(directory, 'notices.json'), post, say, runtime });
  courier.use(webhooks);
  return { courier, said };
}

const kept = async () => JSON.parse(await readFile(join(directory, 'notices.json'), 'utf8')).undelivered;
const ids = ({ heard }: Receiver) => heard.map(({ headers }) => headers['threadmill-event-id']);

/** As docs/guide/notify.md says. */
function isSigned({ headers, body }: Receiver['heard'][number], secret: string): boolean {
  const [, time, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['threadmill-signature'])) ?? [];
  return mac === createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
}

describe('notices', () => {
  it('reach a receiver that fails 20 times and returns: each, signed, in order', async () => {
    await using receiver = await startReceiver(inTurn(status(503), 20, status(204)));
    const runtime = manualRuntime({ autoSleep: true });
    const { courier, said } = await open(runtime, [madeWebhook(receiver.url)]);

    await courier.tell(madeNotice('b-1/1#started', { event: 'started' }));
    await courier.tell(madeNotice('b-1/1#finished'));
    await courier.tell(madeNotice('b-1/1#regressed', { event: 'regressed' }));
    await receiver.when(23);
    await expect.poll(kept, { interval: 5 }).toEqual([]);
    const left = await courier.close(0);

    const delivered = ids(receiver).slice(20);
    expect(ids(receiver).slice(0, 20)).toEqual(Array(20).fill('b-1/1#started'));
    expect(delivered).toEqual(['b-1/1#started', 'b-1/1#finished', 'b-1/1#regressed']);
    expect(receiver.heard.every((one) => isSigned(one, 'canary-secret'))).toBe(true);
    expect(left).toBe(0);
    expect(said).toEqual([
      `The notice started to ${receiver.url} is not delivered: it answered 503. It is tried again.`,
    ]);
  });

  it('outlive an hour of 500, and are tried ever less often', async () => {
    await using receiver = await startReceiver((_, __, response) => {
      response.writeHead(runtime.now() < 3_600_000 ? 500 : 200).end();
    });
    const runtime = manualRuntime({ autoSleep: true });
    const { courier } = await open(runtime, [madeWebhook(receiver.url)]);

    await courier.tell(madeNotice('b-1/1#failed', { event: 'failed' }));
    await expect.poll(kept, { timeout: 20_000, interval: 5 }).toEqual([]);

    expect(runtime.now()).toBeGreaterThan(3_600_000);
    expect(Math.max(...runtime.slept)).toBeLessThanOrEqual(300_000);
    expect(receiver.heard.length).toBeLessThan(40);
    await courier.close(0);
  });

  it('wait as long as the server asks', async () => {
    await using receiver = await startReceiver(inTurn(status(429, { 'retry-after': '77' }), 1, status(200)));
    const runtime = manualRuntime({ autoSleep: true });
    const { courier } = await open(runtime, [madeWebhook(receiver.url)]);

    await courier.tell(madeNotice('b-1/1#finished'));
    await receiver.when(2);
    await courier.close(0);

    expect(runtime.slept[0]).toBe(77_000);
  });

  it.each([
    [status(404), 'it answered 404'],
    [status(302, { location: 'http://127.0.0.1:1/' }), 'it redirects elsewhere (302), which is not followed'],
  ] as [Answers, string][])(
    'are given up, and told, where trying again changes nothing (%#)',
    async (answers, why) => {
      await using receiver = await startReceiver(inTurn(answers, 1, status(200)));
      const runtime = manualRuntime({ autoSleep: true });
      const { courier, said } = await open(runtime, [madeWebhook(`${receiver.url}/canary-path`)]);

      await courier.tell(madeNotice('b-1/1#started'));
      await courier.tell(madeNotice('b-1/1#finished'));
      await receiver.when(2);
      await courier.close(0);

      expect(ids(receiver)).toEqual(['b-1/1#started', 'b-1/1#finished']);
      expect(said).toEqual([`The notice finished to ${receiver.url} is given up: ${why}.`]);
    },
  );

  it('are given up after three days, once they have been tried', async () => {
    await using receiver = await startReceiver(status(500));
    const runtime = manualRuntime({ startsAt: new Date('2026-01-05T00:00:00Z') });
    const { courier, said } = await open(runtime, [madeWebhook(receiver.url)]);

    await courier.tell(madeNotice('b-1/1#finished'));
    await expect.poll(kept, { interval: 5 }).toEqual([]);

    expect(said.join()).toContain('is given up: it answered 500, for three days');
    await courier.close(0);
  });

  it('are not held up by one that hangs longer than a try may take', async () => {
    await using receiver = await startReceiver(inTurn(hangs, 1, status(200)));
    const runtime = manualRuntime();
    const { courier, said } = await open(runtime, [madeWebhook(receiver.url)]);

    await courier.tell(madeNotice('b-1/1#finished'));
    await receiver.when(1);
    await runtime.advance(longestTryMs);
    await runtime.whenSleeping();
    await runtime.advance(1_000);
    await receiver.when(2);

    expect(said.join()).toContain('no answer within 10 s');
    await courier.close(0);
  });

  it('to one receiver wait for none of another', async () => {
    await using stuck = await startReceiver(hangs);
    await using well = await startReceiver();
    const runtime = manualRuntime();
    const webhooks = [madeWebhook(stuck.url, { name: 'a 1' }), madeWebhook(well.url, { name: 'a 2' })];
    const { courier } = await open(runtime, webhooks);

    await courier.tell(madeNotice('b-1/1#started'));
    await courier.tell(madeNotice('b-1/1#finished'));
    await well.when(2);
    const closed = courier.close(1_000);
    await runtime.whenSleeping();
    await runtime.advance(1_000);

    expect(await closed).toBe(2);
    expect((await kept()).map((one: { webhook: string }) => one.webhook)).toEqual(['a 1', 'a 1']);
  });

  it('are sent by the next process under the same id, and hold no URL meanwhile', async () => {
    await using receiver = await startReceiver(inTurn(status(500), 1, status(200)));
    const webhook = madeWebhook(`${receiver.url}/canary-path`);
    const notice = madeNotice('b-1/1#finished');
    const dying = manualRuntime();
    const first = await open(dying, [webhook]);
    await first.courier.tell(notice);
    await dying.whenSleeping(); // it waits to try again, and is never woken
    const text = await readFile(join(directory, 'notices.json'), 'utf8');

    const second = await open(manualRuntime(), [webhook]);
    await receiver.when(2);
    await second.courier.close(0);

    expect(text).not.toContain('canary');
    expect(text).not.toContain(receiver.url);
    expect(ids(receiver)).toEqual([notice.id, notice.id]);
    expect(receiver.heard[0]?.body).toBe(receiver.heard[1]?.body);
    expect(await kept()).toEqual([]);
  });

  it('are sent once, however often they are told while the process lives', async () => {
    await using receiver = await startReceiver();
    const { courier } = await open(manualRuntime(), [madeWebhook(receiver.url)]);

    await courier.tell(madeNotice('b-1/1#started'));
    await courier.tell(madeNotice('b-1/1#started'));
    await receiver.when(1);
    await courier.tell(madeNotice('b-1/1#started'));
    await courier.tell(madeNotice('b-1/1#finished'));
    await receiver.when(2);
    await courier.close(0);

    expect(ids(receiver)).toEqual(['b-1/1#started', 'b-1/1#finished']);
  });

  it('go to those of their schedule that want them', async () => {
    await using receiver = await startReceiver();
    const of = (name: string, schedule: string, on: Webhook['on']) =>
      madeWebhook(`${receiver.url}/${name}`, { name, schedule, on });
    const webhooks = [
      of('a', 'nightly', ['failed']),
      of('b', 'nightly', ['finished']),
      of('c', 'hourly', ['failed']),
    ];
    const { courier } = await open(manualRuntime(), webhooks);

    await courier.tell(madeNotice('n#failed', { event: 'failed', schedule: 'nightly' }));
    await courier.tell(madeNotice('d#finished', { schedule: 'daily' }));
    await receiver.when(1);
    await courier.close(0);

    expect(receiver.heard.map(({ path }) => path)).toEqual(['/a']);
  });

  it('are no more than 1,000: the oldest are given up, and told', async () => {
    const runtime = manualRuntime();
    const { courier, said } = await open(runtime, [madeWebhook('http://127.0.0.1:1')]);

    await Promise.all(Array.from({ length: 1_001 }, (_, at) => courier.tell(madeNotice(`b-${at}#finished`))));

    expect((await kept()).length).toBe(1_000);
    expect(said.join()).toContain('the oldest 1 are given up');
    const closed = courier.close(0);
    await runtime.whenSleeping();
    await runtime.advance(0);
    await closed;
  });
});
