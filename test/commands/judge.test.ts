import { describe, expect, it } from 'vitest';
import { says, startAgentServer } from '../support/agent-server.ts';
import { fenced, hangs, refuses, replies, scores, startJudge } from '../support/judge-server.ts';
import { questions, workplace } from '../support/threadmill.ts';

const sums = 'id,question,answer\na,1+1,2\nb,2+2,4\n';
const at = (url: string) => ['--url', url, '--agent', 'agent', '--out', 'out', '--progress', 'none'];
const judgedBy = (url: string, ...more: string[]) => [
  ...['--judge-url', url, '--judge-model', 'small-1', ...more],
];
const counts = ({ prompt }: { prompt: string }) => says(prompt === '1+1' ? 'It is 2.' : 'It is 5.');
const hash = /^[0-9a-f]{64}$/;

describe('a batch that is judged', () => {
  it('keeps score, reason, model, prompt hash, temperature and reply in its records', async () => {
    await using server = await startAgentServer({ agent: counts });
    await using judge = await startJudge(({ task }) =>
      fenced(task, 'answer') === 'It is 2.' ? scores(1, 'as expected') : scores(0.25, 'it is 4'),
    );
    await using place = await workplace({ 'sums.csv': sums });

    const { code, stderr } = await place.command(
      ['run', 'sums.csv', ...at(server.url), '--scorer', 'judge', ...judgedBy(judge.url)],
      { env: { JUDGE_API_KEY: 'sk-very-secret' } },
    );

    expect({ code, stderr }).toMatchObject({ code: 0 });
    const records = await place.batch('out').records();
    expect(Object.fromEntries(records.map(({ id, scores }) => [id, scores['judge']]))).toEqual({
      a: {
        value: 1,
        reason: 'as expected',
        judge: {
          model: 'small-1',
          prompt: expect.stringMatching(hash),
          temperature: 0,
          raw: '{"score":1,"reason":"as expected"}',
        },
      },
      b: {
        value: 0.25,
        reason: 'it is 4',
        judge: expect.objectContaining({ raw: '{"score":0.25,"reason":"it is 4"}' }),
      },
    });
    expect(judge.asked[0]?.headers['authorization']).toBe('Bearer sk-very-secret');
    expect(judge.asked[0]?.path).toBe('/v1/chat/completions');
    expect(judge.asked[0]?.body).toMatchObject({
      model: 'small-1',
      temperature: 0,
      response_format: { type: 'json_object' },
    });
    const files = await Promise.all(
      (await place.batch('out').names()).map((name) =>
        place
          .batch('out')
          .text(name)
          .catch(() => ''),
      ),
    );
    expect(files.join('')).not.toContain('sk-very-secret');
  });

  it('goes on with a judge that is down, says so once, and scores nothing', async () => {
    await using server = await startAgentServer();
    await using judge = await startJudge(() => refuses(503, 'overloaded'));
    await using place = await workplace({ 'qa.csv': questions(14) });

    const { code, stderr } = await place.command([
      ...['run', 'qa.csv', ...at(server.url), '--scorer', 'judge:is polite'],
      ...judgedBy(judge.url, '--judge-retries', '0'),
    ]);

    expect(code).toBe(0);
    expect(stderr.replace(/\s+/g, ' ').split('The judge cannot be reached').length - 1).toBe(1);
    const records = await place.batch('out').records();
    expect(records.length).toBe(14);
    for (const { scores } of records) {
      expect(scores['judge']?.value).toBeNull();
      expect(scores['judge']?.reason).toBe('the judge gave no reply: overloaded [HTTP_503]');
    }
  });

  it('is not scored where the judge answers prose, which is paid for and told', async () => {
    await using server = await startAgentServer();
    const usage = { prompt_tokens: 1_200, completion_tokens: 34, total_tokens: 1_234 };
    await using judge = await startJudge(() => replies('I would give it a solid 8/10.', { usage }));
    await using place = await workplace({ 'qa.csv': questions(1) });

    await place.command([
      ...['run', 'qa.csv', ...at(server.url), '--scorer', 'judge:is polite', ...judgedBy(judge.url)],
    ]);

    const [record] = await place.batch('out').records();
    expect(record?.scores['judge']).toMatchObject({
      value: null,
      reason: expect.stringContaining('saw "I would give it a solid 8/10."'),
      judge: { raw: 'I would give it a solid 8/10.' },
    });
    expect((await place.batch('out').summary()).notes).toEqual([
      "The judge took 1,234 tokens (1,200 in, 34 out), since this start and beside the agent's.",
    ]);
  });

  it('lets an assistant of the same Agent Server judge, statelessly and by its own model', async () => {
    await using server = await startAgentServer({
      agent: ({ prompt }) =>
        prompt.startsWith('You judge') ? says('{"score":0.5,"reason":"half"}') : says('It is 2.'),
    });
    await using place = await workplace({ 'sums.csv': sums });

    const { code, stderr } = await place.command([
      ...['run', 'sums.csv', ...at(server.url), '--scorer', 'judge', '--judge-agent', 'agent'],
    ]);

    expect({ code, stderr }).toMatchObject({ code: 0 });
    for (const { scores } of await place.batch('out').records()) {
      expect(scores['judge']).toMatchObject({
        value: 0.5,
        reason: 'half',
        judge: { model: 'agent', temperature: null },
      });
    }
    expect(server.requestsTo('POST /runs/wait').length).toBe(2);
  });

  it('ends at a second Ctrl-C though the judge never replies, and keeps the answers', async () => {
    await using server = await startAgentServer();
    await using judge = await startJudge(() => hangs);
    await using place = await workplace({ 'qa.csv': questions(3) });

    const running = place.start([
      ...['run', 'qa.csv', ...at(server.url), '--scorer', 'judge:is polite', ...judgedBy(judge.url)],
    ]);
    await judge.whenAsked(3);
    running.process.kill('SIGINT');
    await running.says('for what is in flight');
    running.process.kill('SIGINT');
    const { code } = await running.ended;

    expect(code).toBe(0);
    const records = await place.batch('out').records();
    expect(records.map(({ scores }) => scores['judge']?.reason)).toEqual(
      Array(3).fill('the batch was stopped before the judge had replied'),
    );
  });
});

describe('recorded answers', () => {
  it('are judged later, by a judge that is named then', async () => {
    await using server = await startAgentServer({ agent: counts });
    await using judge = await startJudge(({ task }) => scores(fenced(task, 'answer') === 'It is 2.' ? 1 : 0));
    await using place = await workplace({ 'sums.csv': sums });
    await place.command(['run', 'sums.csv', ...at(server.url)]);

    const { code, stderr } = await place.command([
      ...['score', 'out', '--scorer', 'judge', ...judgedBy(judge.url, '--gate', 'mean(judge) >= 0.5')],
    ]);

    expect({ code, stderr }).toMatchObject({ code: 0 });
    const [figures] = (await place.batch('out').summary()).scores;
    expect(figures).toMatchObject({ name: 'judge', mean: 0.5, scored: 2 });
    expect(server.counts.runs).toBe(2);
    expect(await place.batch('out').text('scores.jsonl')).toContain('"model":"small-1"');
  });

  it('are judged by an assistant of the server that gave them, with the key of it', async () => {
    await using server = await startAgentServer({
      apiKey: 'lsv2-very-secret',
      agent: ({ prompt }) =>
        says(prompt.startsWith('You judge') ? '{"score":0.5,"reason":"half"}' : 'It is 2.'),
    });
    await using place = await workplace({ 'sums.csv': sums });
    const env = { LANGGRAPH_API_KEY: 'lsv2-very-secret' };
    await place.command(['run', 'sums.csv', ...at(server.url)], { env });

    await place.command(['score', 'out', '--scorer', 'judge', '--judge-agent', 'agent'], { env });

    expect((await place.batch('out').summary()).scores[0]).toMatchObject({ mean: 0.5, scored: 2 });
  });

  it('are not judged by options that do not fit', async () => {
    await using server = await startAgentServer({ agent: counts });
    await using place = await workplace({ 'sums.csv': sums });
    await place.command(['run', 'sums.csv', ...at(server.url)]);

    const told = await Promise.all([
      place.command(['score', 'out', '--scorer', 'judge']),
      place.command(['score', 'out', '--scorer', 'judge', '--judge-model', 'small-1']),
    ]);

    expect(told.map(({ code }) => code)).toEqual([2, 2]);
    expect(told[0]?.stderr).toContain('judge: expected a judge');
    expect(told[1]?.stderr.replace(/\s+/g, ' ')).toContain('--judge-model: expected --judge-url with it');
  });
});

describe('agreement with people', () => {
  it('is told with Cohen κ, of all answers that have score and label, also of earlier starts', async () => {
    await using server = await startAgentServer({ agent: ({ prompt }) => says(prompt) });
    await using judge = await startJudge(({ task }) =>
      scores(fenced(task, 'answer').startsWith('g') ? 1 : 0.2),
    );
    const rows = ['good,pass', 'great,0', 'bad,FAIL', 'grand,', 'glad,perhaps', 'worse,no', 'gold,1'];
    await using place = await workplace({
      'qa.csv': `id,prompt,Human\n${rows.map((row, at) => `r${at},${row}`).join('\n')}\n`,
    });
    const args = ['run', 'qa.csv', ...at(server.url), '--scorer', 'judge:is polite', ...judgedBy(judge.url)];

    await place.command([...args, '--limit', '3']);
    const { stderr } = await place.command([...args, '--judge-labels', 'human']);

    const [figures] = (await place.batch('out').summary()).scores;
    expect(figures?.agreement).toEqual({
      kappa: expect.closeTo(8 / 13, 10),
      interval: null,
      share: 0.8,
      n: 5,
      unread: 1,
    });
    expect(stderr.replace(/\s+/g, ' ')).toContain(
      "agrees with people on 80 % of 5 answers, Cohen's κ 0.62; 1 label is neither pass nor fail",
    );
    expect(stderr.replace(/\s+/g, ' ')).toContain('judged by small-1 at http://127.0.0.1');
  });
});

describe('a judge that is named wrongly is refused before anything is sent:', () => {
  it.for<readonly [args: string[], told: string, env?: Record<string, string>]>([
    [['--scorer', 'judge'], 'judge: expected a judge: --judge-url with --judge-model, or --judge-agent'],
    [['--scorer', 'judge:', '--judge-agent', 'a'], 'judge: expected a rubric behind the colon'],
    [['--judge-url', 'http://127.0.0.1:1/v1'], '--judge-url: expected --judge-model with it'],
    [['--judge-model', 'm'], '--judge-model: expected --judge-url with it'],
    [['--judge-model', 'm', '--judge-agent', 'a'], '--judge-agent: an assistant judges by its own model'],
    [['--judge-temperature', '3'], '--judge-temperature: expected a number from 0 to 2, or none, got "3"'],
    [['--scorer', 'judge', '--judge-agent', 'a', '--judge-prompt', 'gone.txt'], '--judge-prompt: '],
    [['--scorer', 'judge', '--judge-agent', 'a', '--judge-prompt', 'bad.txt'], 'saw {{answr}}'],
    [['--scorer', 'judge', '--judge-agent', 'a', '--judge-prompt', 'none.txt'], 'expected {{answer}} in it'],
    [
      ['--scorer', 'judge:is polite', '--judge-agent', 'a', '--judge-prompt', 'plain.txt'],
      'expected {{rubric}} in it',
    ],
    [judgedBy('http://127.0.0.1:1/v1', '--scorer', 'exact'), 'nobody asks the judge: add --scorer judge'],
    [
      judgedBy('http://127.0.0.1:1/v1', '--scorer', 'judge', '--judge-labels', 'human'),
      'sums.csv: --judge-labels: expected a column "human", saw "id", "question", "answer"',
    ],
    [
      judgedBy('http://judge.example/v1'),
      'the key would go over plain http to judge.example',
      { OPENAI_API_KEY: 'sk-very-secret' },
    ],
    [judgedBy('https://me:word@judge.example/v1'), '--judge-url: expected no user in it'],
  ])('%j', async ([args, told, env = {}]) => {
    await using server = await startAgentServer();
    await using place = await workplace({
      'sums.csv': sums,
      'bad.txt': '{{answr}}',
      'none.txt': '{{rubric}}',
      'plain.txt': 'Is it polite? {{answer}}',
    });

    const { code, stderr } = await place.command(['run', 'sums.csv', ...at(server.url), ...args], { env });

    expect(code).toBe(2);
    expect(stderr.replace(/\s+/g, ' ')).toContain(told);
    expect(server.counts.runs).toBe(0);
  });
});
