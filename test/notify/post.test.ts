/** One request, to where it may go and nowhere else. */

import type { LookupAddress } from 'node:dns';
import { describe, expect, it } from 'vitest';
import { createPost, longestTryMs, type PostOptions } from '../../src/notify/post.ts';
import { targetFault } from '../../src/webhook.ts';
import { manualRuntime } from '../support/manual-runtime.ts';
import { startReceiver } from '../support/webhook-receiver.ts';

const post = (url: string, allowPrivate: boolean, options: Partial<PostOptions> = {}) =>
  createPost({ timeoutMs: longestTryMs, proxies: {}, ...options }, manualRuntime())(
    { url, allowPrivate, method: 'POST', headers: {}, body: '{}' },
    new AbortController().signal,
  );

/** A name server that says what the test says. */
const resolvesTo = (...addresses: string[]) =>
  ((_: string, __: object, done: (error: null, found: LookupAddress[]) => void) =>
    done(
      null,
      addresses.map((address) => ({ address, family: 4 })),
    )) as unknown as NonNullable<PostOptions['lookup']>;

describe('a webhook at a private address', () => {
  it.each([
    '127.0.0.1',
    '2130706433',
    '0x7f.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '169.254.169.254',
    'localhost',
  ])('is refused, written as %s, before anything is sent', async (host) => {
    const url = `https://${host}/canary`;

    expect(targetFault({ url, allowPrivate: false })).toContain(
      'is on a private network or this machine itself',
    );
    expect(await post(url, false)).toEqual({ problem: expect.not.stringContaining('canary') });
  });

  it('is refused where its name resolves to one, also to one of several', async () => {
    await using receiver = await startReceiver(undefined, { tls: true });
    const url = `https://hook.example:${receiver.port}/`;

    const posted = await post(url, false, { lookup: resolvesTo('93.184.215.14', '127.0.0.1') });

    expect(posted).toEqual({
      problem: 'hook.example: 127.0.0.1 is on a private network or this machine itself',
    });
    expect(receiver.heard).toEqual([]);
  });

  it('is told where that is allowed, over http too', async () => {
    await using receiver = await startReceiver();

    const posted = await post(`http://hook.example:${receiver.port}/a?b=c`, true, {
      lookup: resolvesTo('127.0.0.1'),
    });

    expect(posted).toEqual({ status: 200, retryAfterMs: null });
    expect(receiver.heard.map(({ path }) => path)).toEqual(['/a?b=c']);
  });

  it('is the only one that is told over plain http', async () => {
    const lookup = resolvesTo('93.184.215.14');

    expect(targetFault({ url: 'http://hook.example/', allowPrivate: false })).toContain(
      'expected an https URL',
    );
    expect(await post('http://hook.example/', true, { lookup })).toEqual({
      problem: 'hook.example: 93.184.215.14 is no private address: expected https',
    });
  });
});

describe('a webhook', () => {
  it('whose certificate nobody signed is told nothing', async () => {
    await using receiver = await startReceiver(undefined, { tls: true });

    const posted = await post(receiver.url, true);

    expect(posted).toEqual({ problem: 'the connection broke (DEPTH_ZERO_SELF_SIGNED_CERT)' });
    expect(receiver.heard).toEqual([]);
  });

  it('that answers without end has answered', async () => {
    let sent = 0;
    await using receiver = await startReceiver((_, __, response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(64 * 1024))) sent += 1;
      };
      response.writeHead(200).on('drain', more);
      more();
    });

    const posted = await post(receiver.url, true);

    expect(posted).toEqual({ status: 200, retryAfterMs: null });
    expect(sent).toBeLessThan(1_000);
  });
});
