import { describe, expect, it } from 'vitest';
import { until } from '../support/agent-replies.ts';
import {
  type AgentServer,
  dropsAfter,
  interrupts,
  onCreate,
  says,
  startAgentServer,
  throwsError,
} from '../support/agent-server.ts';
import { gate } from '../support/gate.ts';
import { questions, type Workplace, workplace } from '../support/threadmill.ts';

/** Of rows r1 to r6: r2 and r5 fail the first time, r4 always waits. */
function failsOnce() {
  const seen = new Set<string>();
  return ({ prompt }: { prompt: string }) => {
    const isFirst = !seen.has(prompt);
    seen.add(prompt);
    if (/[25]$/.test(prompt) && isFirst) return throwsError('Error', 'first time');
    return /4$/.test(prompt) ? interrupts([{ id: 'i-1', value: 'sure?' }]) : says(prompt);
  };
}

const at = ({ url }: AgentServer) => ['--url', url, '--agent', 'agent', '--out', 'out', '--progress', 'none'];

/** Its first row fails the first time; with the options beside it nothing else is asked. */
const oneFailsFirst = 'id,prompt\na,question 2\nb,question 1\nc,question 3\n';
const stopsAtOnce = ['-c', '1', '--max-errors', '1'];

const asked = (server: AgentServer, from = 0) =>
  server.runs
    .slice(from)
    .map(({ metadata }) => `${metadata['threadmill_example']} ${metadata['threadmill_revision']}`)
    .sort();

async function told(place: Workplace) {
  const records = await place.batch('out').records();
  return records
    .filter(({ revision }) => revision > 1)
    .map(({ id, revision, outcome, attempts }) => `${id} ${revision} ${outcome} ${attempts.length}`)
    .sort();
}

describe('threadmill retry', () => {
  it('asks what failed once more, as new revisions of the same batch', async () => {
    await using server = await startAgentServer({ agent: failsOnce() });
    await using place = await workplace({ 'qa.csv': questions(6) });
    const first = await place.command(['run', 'qa.csv', ...at(server)]);
    const runs = server.runs.length;

    const { code, stderr } = await place.command(['retry', 'out']);

    expect(first.stderr).toContain('threadmill retry out');
    expect(stderr).toContain('Plan: 2 turns of 6 once more (error)');
    expect(asked(server, runs)).toEqual(['r2 2', 'r5 2']);
    expect(await told(place)).toEqual(['r2 2 success 2', 'r5 2 success 2']);
    expect(await place.batch('out').summary()).toMatchObject({
      batch: { state: 'finished' },
      counts: { planned: 6, success: 5, error: 0, interrupted: 1, not_yet: 0 },
      asked: 2,
    });
    expect(
      (await place.batch('out').csv('results.csv')).map(({ id, outcome }) => `${id} ${outcome}`),
    ).toEqual(['r1 success', 'r2 success', 'r3 success', 'r4 interrupted', 'r5 success', 'r6 success']);
    expect(await place.batch('out').csv('errors.csv')).toEqual([]);
    expect(code).toBe(1); // one waits for a person
    // Of the successes no thread stays, of their failures before none either.
    expect(server.threads.size).toBe(1);
    expect((await place.command(['report', 'out', '--format', 'json'])).stdout).toContain('"success": 5');
  });

  it('asks nothing where nothing is named, and ends by the verdict', async () => {
    await using server = await startAgentServer({ agent: failsOnce() });
    await using place = await workplace({ 'qa.csv': questions(6) });
    await place.command(['run', 'qa.csv', ...at(server)]);

    const { code, stderr } = await place.command(['retry', 'out', '--kind', 'timeout,reset']);

    expect(stderr).toContain('Nothing was asked');
    expect(stderr.replaceAll('\n', ' ')).toContain('error of kind timeout, reset');
    expect(code).toBe(1);
    expect(server.runs).toHaveLength(6);
  });

  it.each([
    ['interrupted', ['r4 2']],
    ['error,interrupted', ['r2 2', 'r4 2', 'r5 2']],
  ])('--only %s', async (only, expected) => {
    await using server = await startAgentServer({ agent: failsOnce() });
    await using place = await workplace({ 'qa.csv': questions(6) });
    await place.command(['run', 'qa.csv', ...at(server)]);

    await place.command(['retry', 'out', '--only', only]);

    expect(asked(server, 6)).toEqual(expected);
  });

  it('asks what is uncertain only when said', async () => {
    await using server = await startAgentServer({
      agent: ({ prompt }) => says(prompt),
      faults: onCreate(2, dropsAfter()),
    });
    await using place = await workplace({ 'qa.csv': questions(3) });
    await place.command(['run', 'qa.csv', ...at(server), '--mode', 'stateless', '-c', '1']);

    const error = await place.command(['retry', 'out']);
    const uncertain = await place.command(['retry', 'out', '--only', 'uncertain']);

    expect(error.stderr).toContain('Nothing was asked');
    expect(asked(server, 3)).toEqual(['r2 2']);
    expect(uncertain.code).toBe(0);
    expect(await place.batch('out').csv('uncertain.csv')).toEqual([]);
  });

  it('goes on with a conversation from the turn that failed', async () => {
    const agent = failsOnce();
    await using server = await startAgentServer({ agent });
    const turns = ['say 1', 'say 2', 'say 3'];
    await using place = await workplace({ 'talk.jsonl': JSON.stringify({ id: 'c', turns }) });
    await place.command(['run', 'talk.jsonl', ...at(server)]);

    const { code } = await place.command(['retry', 'out']);

    expect(code).toBe(0);
    const records = await place.batch('out').records();
    expect(records.map(({ turn, revision, outcome }) => `${turn} ${revision} ${outcome}`)).toEqual([
      '1 1 success',
      '2 1 error',
      '3 1 skipped',
      '2 2 success',
      '3 2 success',
    ]);
    expect(
      new Set(records.filter(({ thread_id: id }) => id !== null).map(({ thread_id: id }) => id)).size,
    ).toBe(1);
    expect(await place.batch('out').summary()).toMatchObject({
      counts: { planned: 3, success: 3, skipped: 0 },
    });
  });

  it('leaves what was skipped as it is where the turn fails once more', async () => {
    await using server = await startAgentServer({ agent: () => throwsError('Error', 'always') });
    const turns = ['say 1', 'say 2'];
    await using place = await workplace({ 'talk.jsonl': JSON.stringify({ id: 'c', turns }) });
    await place.command(['run', 'talk.jsonl', ...at(server)]);

    await place.command(['retry', 'out']);

    expect(await told(place)).toEqual(['c 2 error 2']);
    expect(await place.batch('out').summary()).toMatchObject({
      counts: { planned: 2, error: 1, skipped: 1 },
    });
  });

  it('takes an agent that was edited, and says so', async () => {
    await using server = await startAgentServer({ agent: failsOnce() });
    await using place = await workplace({ 'qa.csv': questions(2) });
    await place.command(['run', 'qa.csv', ...at(server)]);
    Object.assign(server.assistant, { version: 9 });

    const { stderr, code } = await place.command(['retry', 'out']);

    expect(stderr).toContain('The agent was edited since');
    expect(code).toBe(0);
    const versions = (await place.batch('out').records()).map(({ agent_version: version }) => version);
    expect(new Set(versions).size).toBe(2);
  });

  it('keeps the batch’s own settings, and takes pace and patience anew', async () => {
    await using server = await startAgentServer({ agent: failsOnce() });
    await using place = await workplace({ 'qa.csv': questions(6) });
    await place.command(['run', 'qa.csv', ...at(server), '--threads', 'keep', '--record', 'response']);

    const { stderr } = await place.command(['retry', 'out', '--concurrency', '3', '--retry-agent', 'fresh']);

    expect(stderr).toContain('all threads kept');
    expect(stderr.replaceAll('\n', ' ')).toContain('3 at once');
    expect(server.threads.size).toBe(8);
    const [record] = (await place.batch('out').records()).filter(({ revision }) => revision === 2);
    expect(record?.messages).toEqual([]);
  });

  it('tells what is wrong with its options', async () => {
    await using place = await workplace();

    const told = async (...argv: string[]) => (await place.command(['retry', ...argv])).stderr;

    expect(await told('nowhere')).toContain('found no batch.json');
    expect(await told('nowhere', '--only', 'skipped')).toContain(
      '--only: expected one or more of error, uncertain, interrupted',
    );
    expect(await told('nowhere', '--kind', 'agnet')).toContain('--kind: expected');
    expect(await told()).toContain('expected a batch directory');
  });
});

describe('threadmill run, after a retry that was killed,', () => {
  it('finishes what the retry had in flight, and counts each turn once', async () => {
    const once = failsOnce();
    const held = gate();
    await using server = await startAgentServer({
      agent: (prompted) => {
        const reply = once(prompted);
        return server.runs.length > 3 ? until(held.opened, reply) : reply;
      },
    });
    await using place = await workplace({ 'qa.csv': questions(3) });
    await place.command(['run', 'qa.csv', ...at(server)]);
    const retry = place.start(['retry', 'out']);
    await server.when(({ runs }) => runs.length === 4);
    retry.process.kill('SIGKILL');
    await retry.ended;
    held.open();

    const { code } = await place.command(['run', 'qa.csv', ...at(server)]);

    expect(asked(server)).toEqual(['r1 1', 'r2 1', 'r2 2', 'r3 1']);
    expect(code).toBe(0);
    expect(await place.batch('out').summary()).toMatchObject({ counts: { planned: 3, success: 3 } });
  });
});

describe('threadmill retry, of a batch that is not finished,', () => {
  it('asks what failed alone, says what is left to do, and may be typed again', async () => {
    await using server = await startAgentServer({ agent: failsOnce() });
    await using place = await workplace({ 'qa.csv': oneFailsFirst });
    await place.command(['run', 'qa.csv', ...at(server), ...stopsAtOnce]);

    const first = await place.command(['retry', 'out']);
    const again = await place.command(['retry', 'out']);
    const rest = await place.command(['run', 'qa.csv', ...at(server)]);

    expect(first.code).toBe(3);
    expect(first.stderr).toMatch(/INCONCLUSIVE: not finished, [12] of 3 turns left/);
    expect(first.stderr.replaceAll('\n', ' ')).toContain('the command that began the batch goes on');
    expect(again.code).toBe(3);
    expect(rest.code).toBe(0);
    expect(asked(server)).toEqual(['a 1', 'a 2', 'b 1', 'c 1']);
  });

  it('goes on in the midst of a conversation where it was stopped', async () => {
    const once = failsOnce();
    const held = gate();
    await using server = await startAgentServer({
      agent: (prompted) => {
        const reply = once(prompted);
        return prompted.prompt === 'say 3' && server.runs.length === 3 ? until(held.opened, reply) : reply;
      },
    });
    const turns = ['say 2', 'say 3'];
    await using place = await workplace({ 'talk.jsonl': JSON.stringify({ id: 'c', turns }) });
    await place.command(['run', 'talk.jsonl', ...at(server)]);
    const retry = place.start(['retry', 'out', '--grace', '100ms']);
    await server.when(({ runs }) => runs.length === 3);
    retry.process.kill('SIGINT');
    const stopped = await retry.ended;
    held.open();

    const again = await place.command(['retry', 'out']);

    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toContain('threadmill retry out');
    expect(again.code).toBe(0);
    expect(asked(server)).toEqual(['c 1', 'c 2', 'c 2']);
    expect(await place.batch('out').summary()).toMatchObject({
      batch: { state: 'finished' },
      counts: { planned: 2, success: 2 },
    });
  });
});

describe('a conversation that goes on after its turn was asked once more', () => {
  it('does so on the thread of the turn that succeeded', async () => {
    await using server = await startAgentServer({ agent: failsOnce() });
    const head = 'id,thread,prompt\na,k,say 2\n';
    await using place = await workplace({ 'talk.csv': head });
    const args = ['run', 'talk.csv', ...at(server), '--retry-agent', 'fresh'];
    await place.command(args);
    await place.file('talk.csv', `${head}b,k,say 3\n`);

    const { code } = await place.command(args);

    expect(code).toBe(0);
    const records = await place.batch('out').records();
    expect(records.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual(['a success', 'b success']);
    expect(new Set(records.map(({ thread_id: id }) => id)).size).toBe(1);
  });
});

describe('threadmill clean', () => {
  it('leaves the threads of a batch that is not finished', async () => {
    await using server = await startAgentServer({ agent: failsOnce() });
    await using place = await workplace({ 'qa.csv': oneFailsFirst });
    await place.command(['run', 'qa.csv', ...at(server), ...stopsAtOnce]);
    const { size } = server.threads;

    const { code, stderr } = await place.command(['clean', 'out']);

    expect(code).toBe(2);
    expect(stderr).toContain('finish it first');
    expect(server.threads.size).toBe(size);
  });

  it('deletes what the batch kept, but not what waits for a person', async () => {
    await using server = await startAgentServer({ agent: failsOnce() });
    await using place = await workplace({ 'qa.csv': questions(6) });
    await place.command(['run', 'qa.csv', ...at(server), '--threads', 'keep']);

    const first = await place.command(['clean', 'out']);
    const second = await place.command(['clean', 'out', '--interrupted']);

    expect(first).toMatchObject({ code: 0 });
    expect(first.stderr).toContain('5 threads deleted. 1 thread left: a person is waited for');
    expect(second.stderr).toContain('1 thread deleted.');
    expect(server.threads.size).toBe(0);
  });

  it('finds a record that is longer than what is read at once', async () => {
    await using server = await startAgentServer({ agent: failsOnce() });
    const long = 'why '.repeat(100_000);
    await using place = await workplace({ 'qa.csv': `id,prompt\na,${long}2\n` });
    await place.command(['run', 'qa.csv', ...at(server)]);

    const { code } = await place.command(['retry', 'out']);

    expect(code).toBe(0);
    expect(await told(place)).toEqual(['a 2 success 2']);
  });
});
