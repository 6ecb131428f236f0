import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Summary } from '../../src/summary-types.ts';
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

  it('passes or fails by its gates', async () => {
    await using server = await startAgentServer({ agent: counts });
    await using place = await workplace({ 'sums.csv': sums });
    const gate = (text: string) => ['--gate', text];

    const passing = await place.command([
      'run',
      'sums.csv',
      ...at(server.url),
      ...gate('mean(numeric) >= 50%'),
    ]);
    const failing = await place.command([
      ...['run', 'sums.csv', '--url', server.url, '--agent', 'agent', '--out', 'other'],
      ...[...gate('mean(numeric) > 50%'), ...gate('error_rate <= 0.1')],
    ]);

    expect(passing.code).toBe(0);
    expect(passing.stderr).toContain('mean(numeric) >= 50% holds: saw 50.0 % over 2 examples');
    expect(failing.code).toBe(1);
    expect(failing.stderr).toContain('FAILED: mean(numeric) > 50% does not hold: saw 50.0 %');
    const { scores, gates } = await place.batch('other').summary();
    expect(scores[0]).toMatchObject({ name: 'numeric', scored: 2, not_scored: 1, mean: 0.5, min: 0 });
    expect(gates.map(({ holds, value }) => [holds, value])).toEqual([
      [false, 0.5],
      [true, 0],
    ]);
  });

  it('tells scores and gates again, and fails again', async () => {
    await using server = await startAgentServer({ agent: counts });
    await using place = await workplace({ 'sums.csv': sums });
    const run = ['run', 'sums.csv', ...at(server.url), '--gate', 'mean(numeric) > 50%'];
    await place.command(run);

    const again = await place.command(run);
    const report = await place.command(['report', 'out', '--format', 'json']);

    expect(again.code).toBe(1);
    expect(again.stderr).toContain('Nothing was asked');
    const was = await place.batch('out').summary();
    const { scores, gates, verdict } = JSON.parse(report.stdout) as Summary;
    expect({ scores, gates, verdict }).toEqual({
      scores: was.scores,
      gates: was.gates,
      verdict: was.verdict,
    });
  });

  it.for([
    ['mean(numerik) >= 0.9', 'no scorer "numerik" runs: did you mean numeric?'],
    ['mean(numeric) >= 1.2', 'can never hold: >= 1.2 of a share, from 0 to 1'],
    ['men(numeric) >= 0.9', '"men" is unknown: did you mean mean?'],
    ['p95(latency_ms) < 900', 'needs 59 answers at the least, and 3 turns are planned'],
    ['pass^3(numeric) >= 0.9', 'asks for 3 trials of each example, and --repeat makes 1'],
    ['cost <= 2', 'cost is known with --price only'],
  ])('refuses the gate %j before anything is sent', async ([gate = '', told]) => {
    await using server = await startAgentServer({ agent: counts });
    await using place = await workplace({ 'sums.csv': sums });

    const { code, stderr } = await place.command(['run', 'sums.csv', ...at(server.url), '--gate', gate]);

    expect(code).toBe(2);
    expect(stderr).toContain(told);
    expect(server.counts.runs).toBe(0);
  });
});

describe('threadmill score', () => {
  const ran = async () => {
    const server = await startAgentServer({ agent: counts });
    const place = await workplace({ 'sums.csv': sums });
    await place.command(['run', 'sums.csv', ...at(server.url)]);
    const close = async () => {
      await server[Symbol.asyncDispose]();
      await place[Symbol.asyncDispose]();
    };
    return { server, place, [Symbol.asyncDispose]: close };
  };

  it('scores again, in CSV, summary and reports, and asks nobody', async () => {
    await using batch = await ran();
    const { server, place } = batch;
    await using _ = {
      [Symbol.asyncDispose]: () =>
        Promise.all([server[Symbol.asyncDispose](), place[Symbol.asyncDispose]()]).then(() => {}),
    };
    const asked = server.counts.runs;

    const { code, stderr } = await place.command([
      'score',
      'out',
      '--scorer',
      'regex:2,as=two',
      '--scorer',
      'numeric',
    ]);

    expect([code, server.counts.runs]).toEqual([0, asked]);
    expect(stderr).toContain('two          0.333');
    const rows = await place.batch('out').csv('results.csv');
    expect(rows.map(({ id, score_two, score_numeric }) => [id, score_two, score_numeric])).toEqual([
      ['a', '1', '1'],
      ['b', '0', '0'],
      ['c', '0', ''],
    ]);
    const report = await place.command(['report', 'out', '--format', 'json']);
    const names = (summary: Summary) => summary.scores.map(({ name, mean }) => [name, mean]);
    expect(names(JSON.parse(report.stdout) as Summary)).toEqual(names(await place.batch('out').summary()));
    await place.command(['report', 'out', '--format', 'csv']);
    expect(await place.batch('out').csv('results.csv')).toEqual(rows);
  });

  it('passes or fails by the gates it is given', async () => {
    await using batch = await ran();
    const { server, place } = batch;
    await using _ = {
      [Symbol.asyncDispose]: () =>
        Promise.all([server[Symbol.asyncDispose](), place[Symbol.asyncDispose]()]).then(() => {}),
    };

    const { code, stderr } = await place.command(['score', 'out', '--gate', 'mean(numeric) >= 0.9']);
    const nobody = await place.command(['score', 'out', '--gate', 'mean(exact) >= 0.9']);

    expect(code).toBe(1);
    expect(stderr).toContain('mean(numeric) >= 0.9 does not hold: saw 0.5');
    expect(nobody.code).toBe(2);
    expect(nobody.stderr).toContain('no scorer "exact" runs');
  });

  it('judges by what the dataset expects now', async () => {
    await using batch = await ran();
    const { place } = batch;
    await writeFile(join(place.path, 'sums.csv'), `${sums.replace(',4', ',5')}d,not asked yet,9\n`);

    await place.command(['score', 'out']);

    const { scores } = await place.batch('out').summary();
    expect(scores[0]).toMatchObject({ name: 'numeric', mean: 1, scored: 2 });
  });
});
