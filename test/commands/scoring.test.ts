import { describe, expect, it } from 'vitest';
import { says, startAgentServer } from '../support/agent-server.ts';
import { workplace } from '../support/threadmill.ts';

const at = (url: string) => ['--url', url, '--agent', 'agent', '--out', 'out'];
const sums = 'id,question,answer\na,1+1,2\nb,2+2,4\nc,say nothing,\n';
/** Right of the first, wrong of the second. */
const counts = ({ prompt }: { prompt: string }) => says(prompt === '1+1' ? 'It is 2.' : 'It is 5.');

describe('a scored batch', () => {
  it('is scored as its expectations ask, in record and CSV, and says by what', async () => {
    await using server = await startAgentServer({ agent: counts });
    await using place = await workplace({ 'sums.csv': sums });

    const { stderr } = await place.command(['run', 'sums.csv', ...at(server.url)]);

    expect(stderr.replaceAll('\n', ' ')).toContain('scored by numeric (all 2 expectations are numbers)');
    const batch = place.batch('out');
    const records = await batch.records();
    expect(Object.fromEntries(records.map(({ id, scores }) => [id, scores]))).toEqual({
      a: { numeric: { value: 1, reason: null } },
      b: { numeric: { value: 0, reason: 'expected 4, saw 5 in "It is 5."' } },
      c: { numeric: { value: null, reason: 'the example expects nothing' } },
    });
    expect((await batch.csv('results.csv')).map(({ id, score_numeric }) => [id, score_numeric])).toEqual([
      ['a', '1'],
      ['b', '0'],
      ['c', ''],
    ]);
  });

  it('has the scorers that are named, also where messages are not kept', async () => {
    await using server = await startAgentServer({ agent: counts });
    await using place = await workplace({ 'sums.csv': sums });

    await place.command([
      ...['run', 'sums.csv', ...at(server.url), '--record', 'response'],
      ...['--scorer', 'steps:1', '--scorer', 'regex:^It,as=begins'],
    ]);

    const [record] = await place.batch('out').records();
    expect(record?.messages).toEqual([]);
    expect(record?.scores).toEqual({ steps: { value: 1, reason: null }, begins: { value: 1, reason: null } });
  });

  it('may have a scorer of its user, whose words go to standard error and which keeps nobody waiting', async () => {
    await using server = await startAgentServer({ agent: counts });
    await using place = await workplace({
      'sums.csv': sums,
      'mine.mjs':
        'export default ({ id, response }) => { console.log("looking at", id); return response.endsWith("2."); };',
    });

    const { stdout, stderr } = await place.threadmill([
      ...['run', 'sums.csv', ...at(server.url), '--scorer', './mine.mjs,as=ends'],
    ]);

    expect(stdout).toBe('');
    expect(stderr).toContain('looking at a');
    const records = await place.batch('out').records();
    expect(Object.fromEntries(records.map(({ id, scores }) => [id, scores['ends']?.value]))).toEqual({
      a: 1,
      b: 0,
      c: 0,
    });
  });

  it.for([
    [['--scorer', 'exakt'], 'perhaps exact'],
    [['--scorer', './none.ts'], 'found none at "./none.ts"'],
    [
      ['--scorer', 'numeric'],
      'example "b": numeric: numeric expected a number to compare with, saw none in "four"',
    ],
  ] as const)('refuses %j before anything is sent', async ([more, told]) => {
    await using server = await startAgentServer({ agent: counts });
    await using place = await workplace({ 'sums.csv': sums.replace(',4', ',four') });

    const { code, stderr } = await place.command(['run', 'sums.csv', ...at(server.url), ...more]);

    expect(code).toBe(2);
    expect(stderr).toContain(told);
    expect(server.counts.runs).toBe(0);
  });
});
