import { describe, expect, it } from 'vitest';
import { until } from '../support/agent-replies.ts';
import {
  dropsAfter,
  interrupts,
  onCreate,
  onRoute,
  says,
  startAgentServer,
  status,
  throwsError,
} from '../support/agent-server.ts';
import { gate } from '../support/gate.ts';
import { questions, workplace } from '../support/threadmill.ts';

const echo = ({ prompt }: { prompt: string }) => says(prompt);
const at = (url: string) => ['--url', url, '--agent', 'agent'];

describe('threadmill run', () => {
  it('asks every example and leaves a finished batch', async () => {
    await using server = await startAgentServer({ agent: echo });
    await using place = await workplace({ 'qa.csv': questions(25) });

    const { code, stderr } = await place.command(['run', 'qa.csv', ...at(server.url)]);

    expect(code).toBe(0);
    expect(stderr).toContain('Plan: 25 examples');
    expect(stderr).toContain('exactly-once (each turn is accepted once)');
    expect(stderr).toContain('OK: all 25 turns succeeded');
    const [batch] = await place.batches();
    const records = (await batch?.records()) ?? [];
    expect(records.map(({ id, outcome, response }) => [id, outcome, response]).sort()).toEqual(
      Array.from({ length: 25 }, (_, i) => [`r${i + 1}`, 'success', `question ${i + 1}`]).sort(),
    );
    expect((await batch?.csv('results.csv'))?.map(({ id, response }) => [id, response])).toEqual(
      Array.from({ length: 25 }, (_, i) => [`r${i + 1}`, `question ${i + 1}`]),
    );
    expect(await batch?.summary()).toMatchObject({
      batch: { state: 'finished' },
      verdict: { exit_code: 0 },
      asked: 25,
    });
    expect(server.threads.size).toBe(0);
    expect(server.counts.runs).toBe(25);
  });

  it('asks nothing of a finished batch, and says so', async () => {
    await using server = await startAgentServer({ agent: echo });
    await using place = await workplace({ 'qa.csv': questions(3) });
    await place.command(['run', 'qa.csv', ...at(server.url), '--out', 'out']);

    const { code, stdout, stderr } = await place.command([
      'run',
      'qa.csv',
      ...at(server.url),
      '--out',
      'out',
      '--json',
    ]);

    expect(code).toBe(0);
    expect(stderr).toContain('Nothing was asked');
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).event),
    ).toEqual(['started', 'finished']);
    expect(JSON.parse(stdout.trim().split('\n')[1] ?? '')).toMatchObject({ asked: 0 });
    expect(server.counts.runs).toBe(3);
  });

  it('goes on with appended rows and asks those alone', async () => {
    await using server = await startAgentServer({ agent: echo });
    await using place = await workplace({ 'qa.csv': questions(3) });
    await place.command(['run', 'qa.csv', ...at(server.url), '--out', 'out']);
    await place.file('qa.csv', questions(5));

    const { code, stderr } = await place.command(['run', 'qa.csv', ...at(server.url), '--out', 'out']);

    expect(code).toBe(0);
    expect(stderr).toContain('3 recorded already');
    expect(server.runs.map((run) => run.metadata['threadmill_example']).sort()).toEqual([
      'r1',
      'r2',
      'r3',
      'r4',
      'r5',
    ]);
  });

  it('goes on with rows put before those recorded, at each later start too', async () => {
    await using server = await startAgentServer({ agent: echo });
    await using place = await workplace({ 'qa.csv': questions(3) });
    const command = ['run', 'qa.csv', ...at(server.url), '--out', 'out'];
    await place.command(command);
    await place.file('qa.csv', questions(4).replace('prompt\n', 'prompt\nr0,question 0\n'));
    await place.command(command);
    await place.command(['report', 'out', '--format', 'csv']);
    const reported = await place.batch('out').csv('results.csv');

    const { code } = await place.command(command);

    const rows = ['0', '1', '2', '3', '4'].map((number) => [`r${number}`, `question ${number}`]);
    const seen = (answers: readonly Record<string, string>[]) =>
      answers.map(({ id, response }) => [id, response]);
    expect(code).toBe(0);
    expect(server.counts.runs).toBe(5);
    expect(seen(await place.batch('out').csv('results.csv'))).toEqual(rows);
    expect(seen(reported)).toEqual(rows);
  });

  it('refuses an edited row and names it', async () => {
    await using server = await startAgentServer({ agent: echo });
    await using place = await workplace({ 'qa.csv': questions(3) });
    await place.command(['run', 'qa.csv', ...at(server.url), '--out', 'out']);
    await place.file('qa.csv', questions(4).replace('question 2', 'another one'));

    const { code, stderr } = await place.command(['run', 'qa.csv', ...at(server.url), '--out', 'out']);

    expect(code).toBe(2);
    expect(stderr).toContain('"r2" is recorded and was edited since');
    expect(server.counts.runs).toBe(3);
  });

  it('refuses another identity and names each difference', async () => {
    await using server = await startAgentServer({ agent: echo });
    await using place = await workplace({ 'qa.csv': questions(2) });
    await place.command(['run', 'qa.csv', ...at(server.url), '--out', 'out']);

    const { code, stderr } = await place.command([
      'run',
      'qa.csv',
      ...at(server.url),
      '--out',
      'out',
      '--template',
      'Say {{prompt}}',
      '--mode',
      'stateless',
    ]);

    expect(code).toBe(2);
    expect(stderr).toContain('mode: the batch has "threaded", this command has "stateless"');
    expect(stderr).toContain('delivery: the batch has "exactly-once", this command has "at-most-once"');
    expect(stderr).toContain('--template: the batch has none, this command has "Say {{prompt}}"');
    expect(stderr).toContain('--new');
  });

  it('refuses an agent that was edited since, both versions told, unless that is accepted', async () => {
    await using server = await startAgentServer({ agent: echo });
    await using place = await workplace({ 'qa.csv': questions(2) });
    await place.command(['run', 'qa.csv', ...at(server.url), '--out', 'out']);
    await place.file('qa.csv', questions(3));
    Object.assign(server.assistant, { version: 2 });
    const again = ['run', 'qa.csv', ...at(server.url), '--out', 'out'];

    const refused = await place.command(again);
    const accepted = await place.command([...again, '--accept-agent-change']);

    expect(refused.code).toBe(4);
    expect(refused.stderr).toMatch(/the batch has version 1-\w+, the server now has 2-\w+/);
    expect(accepted.code).toBe(0);
    expect(new Set((await place.batch('out').records()).map((record) => record.agent_version)).size).toBe(2);
  });

  it('tells a failing agent, a waiting one and a good one apart, and exits 1', async () => {
    await using server = await startAgentServer({
      agent: ({ prompt }) =>
        prompt === 'question 1'
          ? throwsError('TypeError', 'boom')
          : prompt === 'question 2'
            ? interrupts([{ id: 'i1', value: { question: 'pay?' } }])
            : says('fine'),
    });
    await using place = await workplace({ 'qa.csv': questions(3) });

    const { code, stderr } = await place.command(['run', 'qa.csv', ...at(server.url), '--out', 'out']);

    expect(code).toBe(1);
    expect(stderr).toContain('AGENT_ERROR');
    expect(stderr).toContain('threadmill retry out');
    expect(await place.batch('out').summary()).toMatchObject({
      counts: { planned: 3, success: 1, error: 1, interrupted: 1, not_yet: 0 },
    });
    expect(await place.batch('out').csv('errors.csv')).toEqual([{ id: 'r1', prompt: 'question 1' }]);
    expect(await place.batch('out').csv('interrupted.csv')).toMatchObject([
      { id: 'r2', interrupt_id: 'i1', question: 'pay?', decision: '' },
    ]);
    expect(server.threads.size).toBe(2);
  });

  it('runs conversations side by side, each in order, and skips what follows a failed turn', async () => {
    await using server = await startAgentServer({
      agent: ({ prompt, messages }) =>
        prompt === 'fail'
          ? throwsError('Error', 'no')
          : says(`turn ${messages.filter((m) => m.type === 'human').length}`),
    });
    await using place = await workplace({
      'talks.jsonl': [
        { id: 'a', turns: ['one', 'two', 'three'] },
        { id: 'b', turns: ['one', 'fail', 'three', 'four'] },
      ]
        .map((row) => JSON.stringify(row))
        .join('\n'),
    });

    const { code, stderr } = await place.command(['run', 'talks.jsonl', ...at(server.url), '--out', 'out']);

    expect(code).toBe(1);
    // Its first turn has run: nothing of it may be run again as a dataset, and nobody is told to.
    expect(await place.batch('out').csv('errors.csv')).toEqual([]);
    expect(stderr).not.toContain('errors.csv');
    const rows = (await place.batch('out').csv('results.csv')).map(
      ({ id, turn, outcome, response, error_code }) => [id, turn, outcome, response || error_code],
    );
    expect(rows).toEqual([
      ['a', '1', 'success', 'turn 1'],
      ['a', '2', 'success', 'turn 2'],
      ['a', '3', 'success', 'turn 3'],
      ['b', '1', 'success', 'turn 1'],
      ['b', '2', 'error', 'AGENT_ERROR'],
      ['b', '3', 'skipped', 'EARLIER_TURN'],
      ['b', '4', 'skipped', 'EARLIER_TURN'],
    ]);
    const ofA = (await place.batch('out').records()).filter((record) => record.id === 'a');
    expect(ofA.map((record) => record.messages.length)).toEqual([2, 2, 2]);
    expect(new Set(ofA.map((record) => record.thread_id)).size).toBe(1);
    expect(server.threads.size).toBe(2);
  });

  it('joins rows of a thread column to conversations', async () => {
    await using server = await startAgentServer({
      agent: ({ messages }) => says(String(messages.filter((m) => m.type === 'human').length)),
    });
    await using place = await workplace({
      'chat.csv': 'id,thread,prompt\na1,a,x\nb1,b,x\na2,a,y\nb2,b,y\nc1,,alone\n',
    });

    const { code } = await place.command(['run', 'chat.csv', ...at(server.url), '--out', 'out']);

    expect(code).toBe(0);
    const rows = (await place.batch('out').csv('results.csv')).map(({ id, turn, response }) => [
      id,
      turn,
      response,
    ]);
    expect(rows).toEqual([
      ['a1', '1', '1'],
      ['b1', '1', '1'],
      ['a2', '2', '2'],
      ['b2', '2', '2'],
      ['c1', '', '1'],
    ]);
  });

  it('sends what may have run only once when the answer is lost, and finds it on its thread', async () => {
    await using server = await startAgentServer({ agent: echo, faults: onCreate([1, 2, 3], dropsAfter()) });
    await using place = await workplace({ 'qa.csv': questions(10) });

    const { code } = await place.command(['run', 'qa.csv', ...at(server.url), '--out', 'out']);

    expect(code).toBe(0);
    expect(server.counts.runs).toBe(10);
    expect(
      (await place.batch('out').records()).every(
        ({ outcome, id, response }) => outcome === 'success' && response === `question ${id.slice(1)}`,
      ),
    ).toBe(true);
  });

  it('records what a stateless run may have done as uncertain, and never repeats it', async () => {
    await using server = await startAgentServer({ agent: echo, faults: onCreate(1, dropsAfter()) });
    await using place = await workplace({ 'qa.csv': questions(3) });

    const { code } = await place.command([
      'run',
      'qa.csv',
      ...at(server.url),
      '--out',
      'out',
      '--mode',
      'stateless',
      '-c',
      '1',
    ]);

    expect(code).toBe(1);
    expect(server.counts.runs).toBe(3);
    expect(await place.batch('out').csv('uncertain.csv')).toMatchObject([
      { id: 'r1', error_code: 'CONNECTION_RESET' },
    ]);
    expect(await place.batch('out').csv('errors.csv')).toEqual([]);
  });

  it('stops at once when the key is refused in mid-batch', async () => {
    await using server = await startAgentServer({ agent: echo, faults: onCreate('every', status(401)) });
    await using place = await workplace({ 'qa.csv': questions(30) });

    const { code, stderr } = await place.command(['run', 'qa.csv', ...at(server.url), '-c', '2']);

    expect(code).toBe(4);
    expect(stderr).toContain('key');
    expect(server.counts.creates).toBeLessThan(10);
  });

  it('drains at the first Ctrl-C, prints the command that goes on, and that command goes on', async () => {
    const hold = gate();
    await using server = await startAgentServer({ agent: ({ prompt }) => until(hold.opened, says(prompt)) });
    await using place = await workplace({ 'qa.csv': questions(20) });
    const started = place.start(['run', 'qa.csv', ...at(server.url), '-c', '4']);
    await server.when(({ runs }) => runs.length === 4);

    started.process.kill('SIGINT');
    await started.says('once more gives it up');
    hold.open();
    const { code, stderr } = await started.ended;
    const [, command = ''] = /^ {2}(threadmill run .*)$/m.exec(stderr) ?? [];
    const again = await place.command(command.split(' ').slice(1));

    expect(code).toBe(130);
    expect(await place.batches()).toHaveLength(1);
    expect(again.code).toBe(0);
    expect(server.counts.runs).toBe(20);
    expect(await (await place.batches())[0]?.records()).toHaveLength(20);
  });

  it('gives up at the second Ctrl-C, and the next start finds what was in flight', async () => {
    const hold = gate();
    await using server = await startAgentServer({ agent: ({ prompt }) => until(hold.opened, says(prompt)) });
    await using place = await workplace({ 'qa.csv': questions(6) });
    const started = place.start(['run', 'qa.csv', ...at(server.url), '-c', '3']);
    await server.when(({ runs }) => runs.length === 3);

    started.process.kill('SIGTERM');
    await started.says('once more gives it up');
    started.process.kill('SIGTERM');
    const { code } = await started.ended;
    hold.open();
    const again = await place.command(['run', 'qa.csv', ...at(server.url)]);

    expect(code).toBe(143);
    expect(again.code).toBe(0);
    expect(server.counts.runs).toBe(6);
    expect(
      (await (await place.batches())[0]?.records())?.every(
        ({ id, response }) => response === `question ${id.slice(1)}`,
      ),
    ).toBe(true);
  });

  it('tries deleting a thread again, and is not finished while one is left', async () => {
    await using server = await startAgentServer({
      agent: echo,
      faults: onRoute('DELETE /threads/{t}', 'every', status(500)),
    });
    await using place = await workplace({ 'qa.csv': questions(2) });

    const { code } = await place.command(['run', 'qa.csv', ...at(server.url), '--out', 'out']);

    expect(code).toBe(3);
    expect(await place.batch('out').summary()).toMatchObject({
      batch: { state: 'stopped' },
      counts: { success: 2 },
    });
  });

  it('reads a dataset from stdin and keeps it', async () => {
    await using server = await startAgentServer({ agent: echo });
    await using place = await workplace();

    const { code } = await place.command(['run', '-', '--format', 'csv', ...at(server.url)], {
      stdin: questions(2),
    });

    expect(code).toBe(0);
    const [batch] = await place.batches();
    expect(await batch?.text('dataset')).toBe(questions(2));
    expect(await batch?.records()).toHaveLength(2);
  });

  it('shows plan and first request in a dry run, hides secrets, and sends nothing', async () => {
    await using server = await startAgentServer({ agent: echo });
    await using place = await workplace({ 'qa.csv': questions(2) });

    const { code, stdout, stderr } = await place.command(
      ['run', 'qa.csv', ...at(server.url), '--dry-run', '--header', 'X-Token: ${TOKEN}'],
      { env: { LANGGRAPH_API_KEY: 'canary-key-1234', TOKEN: 'canary-token-1234' } },
    );

    expect(code).toBe(0);
    expect(stderr).toContain('Plan: 2 examples');
    expect(JSON.parse(stdout)).toMatchObject({
      headers: { 'x-api-key': '***', 'x-token': '***' },
      body: { input: { messages: [{ content: 'question 1' }] } },
    });
    expect(stdout + stderr).not.toContain('canary');
    expect(server.requests).toEqual([]);
    expect(await place.batches()).toEqual([]);
  });

  it('sends fields of --body, and refuses those that are its own', async () => {
    await using server = await startAgentServer({ agent: echo });
    await using place = await workplace({
      'qa.csv': questions(1),
      'body.json': JSON.stringify({ config: { tags: ['nightly'] }, metadata: { team: 'a' } }),
      'bad.json': JSON.stringify({ input: 1, metadata: { threadmill_batch: 'x' } }),
    });

    const good = await place.command(['run', 'qa.csv', ...at(server.url), '--body', 'body.json']);
    const bad = await place.command(['run', 'qa.csv', ...at(server.url), '--body', 'bad.json', '--new']);

    expect(good.code).toBe(0);
    expect(server.requestsTo('POST /threads/{t}/runs/wait')[0]?.body).toMatchObject({
      config: { tags: ['nightly'] },
      metadata: {
        team: 'a',
        threadmill_example: 'r1',
        threadmill_trial: 1,
        threadmill_turn: 1,
        threadmill_attempt: 1,
        threadmill_revision: 1,
      },
      multitask_strategy: 'reject',
      if_not_exists: 'reject',
    });
    expect(bad.code).toBe(2);
    expect(bad.stderr).toContain('sets "input"');
    expect(bad.stderr).toContain('threadmill_batch');
  });

  it('runs chosen examples alone, each trial of them', async () => {
    await using server = await startAgentServer({ agent: echo });
    await using place = await workplace({ 'qa.csv': questions(10) });

    await place.command([
      'run',
      'qa.csv',
      ...at(server.url),
      '--out',
      'a',
      '--offset',
      '2',
      '--limit',
      '3',
      '--repeat',
      '2',
    ]);
    await place.command(['run', 'qa.csv', ...at(server.url), '--out', 'b', '--ids', 'r9,r1']);
    await place.command(['run', 'qa.csv', ...at(server.url), '--out', 'c', '--sample', '4', '--seed', '7']);
    await place.command(['run', 'qa.csv', ...at(server.url), '--out', 'd', '--sample', '4', '--seed', '7']);

    const idsOf = async (name: string) =>
      (await place.batch(name).csv('results.csv')).map(({ id, trial }) => `${id}#${trial}`);
    expect(await idsOf('a')).toEqual(['r3#1', 'r3#2', 'r4#1', 'r4#2', 'r5#1', 'r5#2']);
    expect(await idsOf('b')).toEqual(['r1#1', 'r9#1']);
    expect(await idsOf('c')).toHaveLength(4);
    expect(await idsOf('c')).toEqual(await idsOf('d'));
  });

  it('moves an old batch away for a new one in its directory', async () => {
    await using server = await startAgentServer({ agent: echo });
    await using place = await workplace({ 'qa.csv': questions(2) });
    const args = ['run', 'qa.csv', ...at(server.url), '--out', 'results/a'];
    await place.command(args);

    const { code } = await place.command([...args, '--new']);

    expect(code).toBe(0);
    expect(server.counts.runs).toBe(4);
    expect((await place.batches()).map(({ path }) => path.replace(/^.*\/results\//, ''))).toEqual([
      'a',
      expect.stringMatching(/^a\.old-\d{8}T\d{6}Z$/),
    ]);
  });

  it('records bad rows as skipped when asked to', async () => {
    await using server = await startAgentServer({ agent: echo });
    await using place = await workplace({ 'qa.csv': 'id,prompt\na,one\nb,two,three\nc,four\n' });

    const refused = await place.command(['run', 'qa.csv', ...at(server.url)]);
    const { code } = await place.command([
      'run',
      'qa.csv',
      ...at(server.url),
      '--out',
      'out',
      '--skip-bad-rows',
    ]);

    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('qa.csv:3');
    expect(code).toBe(0);
    expect((await place.batch('out').records()).map(({ id, outcome }) => `${id} ${outcome}`).sort()).toEqual([
      'a success',
      'c success',
      'line-3 skipped',
    ]);
    expect(await place.batch('out').summary()).toMatchObject({
      counts: { planned: 3, skipped: 1, success: 2 },
    });
  });
});

/** They wait more than they work. */
describe.concurrent('threadmill run, in its own time,', () => {
  it('waits for a server that refuses everything, and then stops with 3 and leaves no record', async () => {
    await using server = await startAgentServer({ agent: echo, faults: onCreate('every', status(429)) });
    await using place = await workplace({ 'qa.csv': questions(30) });

    const { code, stderr } = await place.command([
      'run',
      'qa.csv',
      ...at(server.url),
      '--out',
      'out',
      '--give-up',
      '1s',
    ]);

    expect(code).toBe(3);
    expect(stderr).toContain('The server refuses everything (HTTP_429');
    expect(stderr).toContain('threadmill run qa.csv');
    expect(await place.batch('out').text('results.jsonl')).toBe('');
    expect(await place.batch('out').summary()).toMatchObject({
      counts: { planned: 30, not_yet: 30 },
      batch: { state: 'stopped' },
    });
  });

  it('stops at its deadline, exits 3, and goes on later with what is left', async () => {
    const held = gate();
    await using server = await startAgentServer({
      agent: ({ prompt }) => (prompt === 'question 3' ? until(held.opened, says('late')) : says('fine')),
    });
    await using place = await workplace({ 'qa.csv': questions(30) });
    const command = ['run', 'qa.csv', ...at(server.url), '--out', 'out', '-c', '1', '--grace', '100ms'];

    const stopped = await place.command([...command, '--deadline', '2s']);
    const left = await place.batch('out').summary();
    held.open();
    const wentOn = await place.command(command);

    expect(stopped.code).toBe(3);
    expect(stopped.stderr).toContain('2.00 s have passed (--deadline): waiting up to 1 s');
    expect(left).toMatchObject({ stop: { code: 'try_later' }, counts: { success: 2, not_yet: 28 } });
    expect(wentOn.code).toBe(0);
    expect(server.counts.runs).toBe(30);
  });

  it('loses and repeats nothing when it is killed', async () => {
    await using server = await startAgentServer({ agent: echo });
    await using place = await workplace({ 'qa.csv': questions(150) });
    const args = ['run', 'qa.csv', ...at(server.url), '--out', 'out', '-c', '5'];
    for (const runs of [20, 55, 100]) {
      const started = place.start(args);
      await server.when(({ counts }) => counts.runs >= runs);
      started.process.kill('SIGKILL');
      await started.ended;
    }

    const { code } = await place.command(args);

    expect(code).toBe(0);
    expect(server.counts.runs).toBe(150);
    const records = await place.batch('out').records();
    expect(new Set(records.map(({ id }) => id)).size).toBe(150);
    expect(records).toHaveLength(150);
    expect(server.threads.size).toBe(0);
  });

  it('does not read an unchanged file to its end again', async () => {
    await using server = await startAgentServer({ agent: echo, faults: onCreate('every', status(401)) });
    await using place = await workplace({ 'qa.csv': questions(3) });
    await place.command(['run', 'qa.csv', ...at(server.url), '--out', 'out']);
    const before = await place.batch('out').text('batch.json');
    await place.batch('out').damage('batch.json', before.replace('"examples": 3', '"examples": 7'));

    const { stderr } = await place.command(['run', 'qa.csv', ...at(server.url), '--out', 'out']);

    expect(stderr).toContain('Plan: 7 examples');
  });
});
