/** `run --notify`: who is told what, and what becomes of a notice that nobody took. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Notice } from '../../src/notice.ts';
import { status as answersStatus, onCreate, says, startAgentServer } from '../support/agent-server.ts';
import { questions, workplace } from '../support/threadmill.ts';
import { hangs, inTurn, type Receiver, startReceiver, status } from '../support/webhook-receiver.ts';

const env = { THREADMILL_NOTIFY_SECRET: 'canary-secret-0123456789' };
const told = ({ heard }: Receiver) => heard.map(({ body }) => JSON.parse(body) as Notice);

const asked = (url: string, hook: string) => [
  ...['run', 'qa.csv', '--url', url, '--agent', 'agent', '--out', 'out'],
  ...['--notify', hook, '--notify-allow-private'],
];

describe.concurrent('run --notify', () => {
  it('tells start and end, and pings after a good one', async () => {
    await using server = await startAgentServer({ agent: ({ prompt }) => says(prompt) });
    await using receiver = await startReceiver();
    await using pinged = await startReceiver();
    await using place = await workplace({ 'qa.csv': questions(3) });

    const { code } = await place.command([...asked(server.url, receiver.url), '--ping', `${pinged.url}/id`], {
      env,
    });

    const [started, finished] = told(receiver);
    expect(code).toBe(0);
    expect(told(receiver).map(({ event }) => event)).toEqual(['started', 'finished']);
    expect(started).toMatchObject({ sentence: 'qa.csv has started', schedule: null, exit_code: null });
    expect(finished).toMatchObject({
      exit_code: 0,
      verdict: 'OK',
      counts: { success: 3 },
      batch: { dataset: 'qa.csv' },
    });
    expect(receiver.heard[0]?.headers).toMatchObject({
      'user-agent': 'threadmill',
      'threadmill-event': 'started',
      'threadmill-event-id': started?.id,
    });
    expect(pinged.heard.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /id']);
  });

  it('tells of a failure, and of a start that came to nothing; neither is a sign of life', async () => {
    await using server = await startAgentServer({ faults: onCreate('every', answersStatus(400, 'no')) });
    await using receiver = await startReceiver();
    await using pinged = await startReceiver();
    await using place = await workplace({ 'qa.csv': questions(2) });
    const rest = ['--ping', pinged.url];

    const failed = await place.command([...asked(server.url, receiver.url), ...rest], { env });
    const unreachable = ['--connect-timeout', '1s', '--give-up', '1s', '--out', 'other'];
    const away = await place.command(
      [
        ...asked('http://127.0.0.1:1', receiver.url).filter((arg) => !['--out', 'out'].includes(arg)),
        ...rest,
        ...unreachable,
      ],
      { env },
    );

    expect([failed.code, away.code]).toEqual([1, 3]);
    expect(told(receiver).map(({ event, exit_code }) => [event, exit_code])).toEqual([
      ['started', null],
      ['failed', 1],
      ['failed', 3],
    ]);
    expect(pinged.heard).toEqual([]);
  });

  it('shows neither URL nor secret, in no file and no output', async () => {
    await using server = await startAgentServer({ agent: ({ prompt }) => says(prompt) });
    await using receiver = await startReceiver(status(404));
    await using place = await workplace({ 'qa.csv': questions(2) });
    const hook = `${receiver.url}/canary-path?canary=1`;

    const one = await place.command([...asked(server.url, hook), '--ping', hook, '--max-tokens', '1'], {
      env,
    });
    const two = await place.command(asked(server.url, 'https://127.0.0.1/canary').slice(0, -1), { env });

    const names = await readdir(join(place.path, 'out'), { recursive: true, withFileTypes: true });
    const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
    expect(one.stderr).toContain('is given up: it answered 404.');
    expect(two.stderr).toContain('--notify: 127.0.0.1 is on a private network or this machine itself');
    expect([one.stdout, one.stderr, two.stderr, ...texts].join('\n')).not.toContain('canary');
  });

  it.each([
    [
      'a secret',
      'https://a.example/',
      {},
      '--notify: expected THREADMILL_NOTIFY_SECRET in the environment or .env',
    ],
    ['its variable', '${HOOK}', env, '--notify: expected ${HOOK} in the environment or .env, got nothing'],
    [
      'a URL',
      'canary',
      env,
      '--notify: expected a URL such as https://example.com/hook, got something else (not shown)',
    ],
  ])('is refused without %s', async (_, hook, given, fault) => {
    await using place = await workplace({ 'qa.csv': questions(1) });

    const { code, stderr } = await place.command(asked('http://127.0.0.1:1', hook), { env: given });

    expect(code).toBe(2);
    expect(stderr).toContain(fault);
    expect(stderr).not.toContain('canary');
  });

  it('killed with a notice on its way is told by the next start, under the same id', async () => {
    await using server = await startAgentServer({ agent: ({ prompt }) => says(prompt) });
    await using receiver = await startReceiver(inTurn(hangs, 1, status(200)));
    await using place = await workplace({ 'qa.csv': questions(2) });
    const args = asked(server.url, receiver.url);
    const dying = place.start(args, { env });
    await dying.says('OK'); // all is done, but nobody took a notice
    dying.process.kill('SIGKILL');
    await dying.ended;

    const { code, stderr } = await place.command(args, { env });

    const ids = told(receiver).map(({ id }) => id);
    expect(code).toBe(0);
    expect(stderr).toContain('Nothing was asked');
    expect(ids).toHaveLength(3);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[1]).toMatch(/\/1#started$/);
    expect(ids[2]).toMatch(/\/1#finished$/);
  });
});
