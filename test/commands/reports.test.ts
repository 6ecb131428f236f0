/** Each format as commands write it, read back by another's reader. */

import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { lexer, type Tokens } from 'marked';
import { describe, expect, it } from 'vitest';
import type { Summary } from '../../src/summary-types.ts';
import { casesOf, faultsOfJunit, readXml } from '../reports/junit-reader.ts';
import { says, startAgentServer, throwsError } from '../support/agent-server.ts';
import { type Workplace, workplace } from '../support/threadmill.ts';

const at = (url: string) => ['--url', url, '--agent', 'agent', '--out', 'out'];
const hostile = 'It is ]]> <b>|`5`</b>\u0000 \u202e@all';
const sums = 'id,question,answer\na,1+1,2\nb,2+2,4\nc,say nothing,\n';
/** Right of the first, wrong of the second. */
const counts = ({ prompt }: { prompt: string }) => says(prompt === '1+1' ? 'It is 2.' : hostile);

const read = (place: Workplace, name: string) => readFile(join(place.path, name), 'utf8');
const outcomes = (xml: string) =>
  Object.fromEntries(
    casesOf(readXml(xml)).map(({ attributes, children }) => [
      attributes['name'],
      children[0]?.tag ?? 'passed',
    ]),
  );
const headingsOf = (markdown: string) =>
  lexer(markdown).flatMap((token) => (token.type === 'heading' ? [token.text] : []));
const turns = { a: 'passed', b: 'failure', c: 'skipped', verdict: 'passed' };

describe('reports of a run', () => {
  it('are written, several at once, each to its file', async () => {
    await using server = await startAgentServer({ agent: counts });
    await using place = await workplace({ 'sums.csv': sums });
    const reports = ['junit=r.xml', 'markdown=r.md', 'json=r.json', 'csv=r.csv', 'text=r.txt'];

    const { code, stdout } = await place.command([
      ...['run', 'sums.csv', ...at(server.url)],
      ...reports.flatMap((report) => ['--report', report]),
    ]);

    expect([code, stdout]).toEqual([0, '']);
    const xml = await read(place, 'r.xml');
    expect(faultsOfJunit(readXml(xml))).toEqual([]);
    expect(outcomes(xml)).toEqual(turns);
    expect(headingsOf(await read(place, 'r.md'))).toContain('✅ OK: all 3 turns succeeded');
    expect((JSON.parse(await read(place, 'r.json')) as Summary).counts.success).toBe(3);
    const rows = parse(await read(place, 'r.csv'), { columns: true }) as { response: string }[];
    expect(rows.map(({ response }) => response)).toEqual(['It is 2.', hostile, hostile]);
    expect(await read(place, 'r.txt')).toContain('threadmill report out');
    expect((await readdir(place.path)).sort()).toEqual([
      ...'out r.csv r.json r.md r.txt r.xml sums.csv'.split(' '),
    ]);
  });

  it('go to stdout without a file', async () => {
    await using server = await startAgentServer({ agent: counts });
    await using place = await workplace({ 'sums.csv': sums });

    const { stdout } = await place.command(['run', 'sums.csv', ...at(server.url), '--report', 'junit']);

    expect(outcomes(stdout)).toEqual(turns);
  });

  it('are written again where nothing is left to ask, and by a retry', async () => {
    await using server = await startAgentServer({ agent: counts });
    await using place = await workplace({ 'sums.csv': sums });
    const command = ['run', 'sums.csv', ...at(server.url)];
    await place.command(command);

    await place.command([...command, '--report', 'junit=again.xml']);
    await place.command(['retry', 'out', '--report', 'junit=retried.xml']);

    expect(outcomes(await read(place, 'again.xml'))).toEqual(turns);
    expect(outcomes(await read(place, 'retried.xml'))).toEqual(turns);
  });

  it('tell each turn once, by its newest revision', async () => {
    let isUp = false;
    const agent = () => (isUp ? says('It is 4.') : throwsError('ValueError', 'no sums today'));
    await using server = await startAgentServer({ agent });
    await using place = await workplace({ 'sums.csv': 'id,question,answer\nb,2+2,4\n' });
    await place.command(['run', 'sums.csv', ...at(server.url), '--report', 'junit=before.xml']);
    isUp = true;
    await place.command(['retry', 'out', '--only', 'error,uncertain', '--report', 'junit=after.xml']);

    expect(outcomes(await read(place, 'before.xml'))).toEqual({ b: 'error', verdict: 'failure' });
    expect(outcomes(await read(place, 'after.xml'))).toEqual({ b: 'passed', verdict: 'passed' });
  });
});

describe('a report that cannot be written at the end', () => {
  it('is told, with the others written and the batch finished', async () => {
    await using place = await workplace({ 'sums.csv': sums, 'gone/there': '' });
    const agent = async () => {
      await rm(join(place.path, 'gone'), { recursive: true, force: true });
      return says('It is 2.');
    };
    await using server = await startAgentServer({ agent });

    const { code, stderr } = await place.command([
      ...['run', 'sums.csv', ...at(server.url)],
      ...['--report', 'junit=gone/r.xml', '--report', 'json=r.json'],
    ]);

    expect(code).toBe(3);
    expect(stderr).toMatch(/--report: .*gone\/r\.xml: cannot be written \(ENOENT/);
    expect(stderr).toContain('The batch itself is there, in out');
    expect((JSON.parse(await read(place, 'r.json')) as Summary).batch.state).toBe('finished');
    expect((await place.batch('out').summary()).batch.state).toBe('finished');
  });
});

describe('a results.csv that is gone', () => {
  it('is told, and leaves nothing behind', async () => {
    await using server = await startAgentServer({ agent: counts });
    await using place = await workplace({ 'sums.csv': sums });
    const command = ['run', 'sums.csv', ...at(server.url)];
    await place.command(command);
    await rm(join(place.path, 'out/results.csv'));

    const { code, stderr } = await place.command([...command, '--report', 'csv=r.csv']);

    expect(code).toBe(3);
    expect(stderr).toMatch(/results\.csv: cannot be read \(ENOENT/);
    expect((await readdir(place.path)).sort()).toEqual(['out', 'sums.csv']);
  });
});

describe('gates and scores', () => {
  it('stand in the reports as they stand in the exit code', async () => {
    await using server = await startAgentServer({ agent: counts });
    await using place = await workplace({ 'sums.csv': sums });
    const gates = ['--gate', 'mean(numeric) >= 0.9', '--gate', 'error_rate <= 0'];
    const reports = ['--report', 'junit=r.xml', '--report', 'markdown=r.md'];

    const { code } = await place.command(['run', 'sums.csv', ...at(server.url), ...gates, ...reports]);

    expect(code).toBe(1);
    expect(outcomes(await read(place, 'r.xml'))).toEqual({
      ...turns,
      verdict: 'failure',
      'gate mean(numeric) >= 0.9': 'failure',
      'gate error_rate <= 0': 'passed',
    });
    const tables = lexer(await read(place, 'r.md')).filter(
      (token): token is Tokens.Table => token.type === 'table',
    );
    expect(tables[1]?.rows.map(([gate, holds]) => [gate?.text, holds?.text])).toEqual([
      ['`mean(numeric) >= 0.9`', '❌ **no**'],
      ['`error_rate <= 0`', '✅ yes'],
    ]);
    expect(tables[2]?.rows[0]?.slice(0, 2).map(({ text }) => text)).toEqual(['`numeric`', '**0.500**']);
  });
});

describe('refused before anything is asked', () => {
  it.for([
    [
      'junitt=r.xml',
      'expected text, json, metrics, markdown, junit, csv or baseline, got "junitt"; did you mean junit?',
    ],
    ['junit=', '--report: expected a format such as markdown'],
    ['junit=none/r.xml', 'expected a directory to write to'],
    ['junit=directory', 'is a directory'],
    ['junit=sums.csv/r.xml', 'sums.csv is none'],
  ] as const)('is --report %s', async ([report, told]) => {
    await using server = await startAgentServer({ agent: counts });
    await using place = await workplace({ 'sums.csv': sums });
    await mkdir(join(place.path, 'directory'));

    const { code, stderr } = await place.command(['run', 'sums.csv', ...at(server.url), '--report', report]);

    expect(code).toBe(2);
    expect(stderr).toContain(told);
    expect(server.counts.runs).toBe(0);
  });

  it('is one file for two reports, told with all else that is wrong', async () => {
    await using place = await workplace({ 'sums.csv': sums });
    const both = ['--report', 'junit=r', '--report', 'markdwn', '--report', 'text=./r'];

    const { code, stderr } = await place.command(['run', 'sums.csv', ...at('http://127.0.0.1:9'), ...both]);

    expect(code).toBe(2);
    expect(stderr).toContain('got "markdwn"; did you mean markdown?');
    expect(stderr).toContain('r twice');
  });

  it('is a retry’s', async () => {
    await using server = await startAgentServer({ agent: counts });
    await using place = await workplace({ 'sums.csv': sums });
    await place.command(['run', 'sums.csv', ...at(server.url)]);

    const { code, stderr } = await place.command(['retry', 'out', '--report', 'xml=r.xml']);

    expect(code).toBe(2);
    expect(stderr).toContain(
      '--report: expected text, json, metrics, markdown, junit, csv or baseline, got "xml"',
    );
  });
});

describe('threadmill report', () => {
  it.for([
    ['junit', (text: string) => expect(outcomes(text)).toEqual(turns)],
    ['markdown', (text: string) => expect(headingsOf(text)[0]).toBe('✅ OK: all 3 turns succeeded')],
    ['json', (text: string) => expect((JSON.parse(text) as Summary).counts.success).toBe(3)],
    ['text', (text: string) => expect(text).toContain('OK: all 3 turns succeeded')],
  ] as const)('--format %s renders a batch again', async ([format, expectIt]) => {
    await using server = await startAgentServer({ agent: counts });
    await using place = await workplace({ 'sums.csv': sums });
    await place.command(['run', 'sums.csv', ...at(server.url)]);

    const { code, stdout } = await place.command(['report', 'out', '--format', format]);

    expect(code).toBe(0);
    expectIt(stdout);
  });

  it('names the nearest format', async () => {
    await using place = await workplace();

    const { code, stderr } = await place.command(['report', 'out', '--format', 'mardown']);

    expect(code).toBe(2);
    expect(stderr).toContain('got "mardown"; did you mean markdown?');
  });
});
