/** What is judged when a batch is stopped or killed: no answer is lost, and none is asked for twice. */

import { describe, expect, it } from 'vitest';
import { says, startAgentServer } from '../support/agent-server.ts';
import { hangs, scores, startJudge } from '../support/judge-server.ts';
import { questions, workplace } from '../support/threadmill.ts';

const args = (agent: string, judge: string) => [
  ...['run', 'qa.csv', '--url', agent, '--agent', 'agent', '--out', 'out', '--progress', 'none'],
  ...['--scorer', 'judge:is polite', '--judge-url', judge, '--judge-model', 'small-1'],
];
const stopped = 'the batch was stopped before the judge had replied';

describe('a batch that waits for its judge', () => {
  it('and is killed finds its answers again, and has them judged', async () => {
    let isAlive = false;
    await using server = await startAgentServer({ agent: ({ prompt }) => says(`re: ${prompt}`) });
    await using judge = await startJudge(() => (isAlive ? scores(1) : hangs));
    await using place = await workplace({ 'qa.csv': questions(5) });
    const command = args(server.url, judge.url);
    const started = place.start(command);
    await judge.whenAsked(5);
    started.process.kill('SIGKILL');
    await started.ended;
    isAlive = true;

    const { code } = await place.command(command);

    expect(code).toBe(0);
    const records = await place.batch('out').records();
    expect(records.map(({ scores }) => scores['judge']?.value)).toEqual(Array(5).fill(1));
    expect(server.counts.runs).toBe(5);
  });

  it('and is stopped waits for it as long as for the agent, and then keeps the answers without a score', async () => {
    await using server = await startAgentServer();
    await using judge = await startJudge(() => hangs);
    await using place = await workplace({ 'qa.csv': questions(3) });
    const started = place.start([...args(server.url, judge.url), '--grace', '500ms']);
    await judge.whenAsked(3);

    started.process.kill('SIGINT');
    const { stderr } = await started.ended;

    const records = await place.batch('out').records();
    expect(records.map(({ scores, response }) => [response === null, scores['judge']?.reason])).toEqual(
      Array(3).fill([false, stopped]),
    );
    expect(stderr.replace(/\s+/g, ' ')).toContain(
      `3 of 3 questions to the judge brought no reply and no score: ${stopped}`,
    );
  });
});
