/** A way on from a damaged journal, and links in the way of a batch's files. */

import { mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { toldMended } from '../../src/commands/mend.ts';
import { says, startAgentServer } from '../support/agent-server.ts';
import { questions, workplace } from '../support/threadmill.ts';

const echo = ({ prompt }: { prompt: string }) => says(prompt);
const at = (url: string) => ['--url', url, '--agent', 'agent'];

describe('a batch whose journal was damaged', () => {
  it('is refused with the line and both ways out; --mend goes on, and names what is lost', async () => {
    await using server = await startAgentServer({ agent: echo });
    await using place = await workplace({ 'qa.csv': questions(5) });
    const args = ['run', 'qa.csv', ...at(server.url), '--out', 'out'];
    await place.command(args);
    const batch = place.batch('out');
    const lines = (await batch.text('results.jsonl')).split('\n');
    const lost = JSON.parse(lines[1] ?? '').id as string;
    const damaged = lines.with(1, lines[1]?.replace('success', 'sUccess') ?? '').join('\n');
    await batch.damage('results.jsonl', damaged);

    const refused = await place.command(args);
    const mended = await place.command([...args, '--mend', '--quiet']);

    expect(refused.code).toBe(4);
    expect(refused.stderr).toMatch(/results\.jsonl:2: this line was changed.*--mend.*--new/);
    expect(mended.code).toBe(0);
    expect(mended.stderr.replace(/\s+/g, ' ')).toContain(
      `results.jsonl: left out one line that was changed: line 2 ("${lost}"). What has no record now is asked again, although it may have run. The damaged file is kept as results.jsonl.damaged-`,
    );
    const names = (await batch.names()).filter((name) => name.includes('damaged'));
    expect(names).toEqual([expect.stringMatching(/^results\.jsonl\.damaged-\d{8}T\d{6}Z$/)]);
    expect(await batch.text(names[0] ?? '')).toBe(damaged);
    expect(new Set((await batch.records()).map(({ id }) => id)).size).toBe(5);
    expect(server.counts.creates).toBe(6);
    expect((await batch.summary()).batch.state).toBe('finished');
  });

  it('names fifty lines at most, each once', () => {
    const leftOut = Array.from({ length: 60 }, (_, line) => ({ line: line + 1, names: [] }));

    const told = toldMended('intents.jsonl', { keptAs: '/b/intents.jsonl.damaged-x', leftOut, cutBytes: 7 });

    expect(told).toContain('intents.jsonl: left out 60 lines that were changed: line 1 (unreadable);');
    expect(told).toContain('line 50 (unreadable); and 10 more. Its last line was not whole (7 bytes)');
  });
});

describe('symbolic links in a batch directory', () => {
  it('that stand where its files go are replaced or refused, and what they lead to stays as it is', async () => {
    await using server = await startAgentServer({ agent: echo });
    await using place = await workplace({ 'qa.csv': questions(3) });
    const args = ['run', 'qa.csv', ...at(server.url), '--out', 'out'];
    await place.command([...args, '--limit', '1']);
    const precious = await place.file('precious', 'precious');
    const replaced = ['summary.json', 'results.csv', 'errors.csv', 'uncertain.csv', 'interrupted.csv'];
    const planted = [...replaced, 'batch.json'].map((name) => `${name}.new`);
    for (const name of [...replaced, ...planted]) {
      await rm(join(place.path, 'out', name), { force: true });
      await symlink(precious, join(place.path, 'out', name));
    }

    const went = await place.command(args);
    await rm(join(place.path, 'out/intents.jsonl'));
    await symlink(precious, join(place.path, 'out/intents.jsonl'));
    const refused = await place.command([...args, '--repeat', '2']);

    expect(went.code).toBe(0);
    expect(await place.batch('out').csv('results.csv')).toHaveLength(3);
    expect(refused.code).toBe(4);
    expect(await readFile(precious, 'utf8')).toBe('precious');
  });

  it.each(['lock', 'dataset.new'])('as %s lead nowhere', async (name) => {
    await using server = await startAgentServer({ agent: echo });
    await using place = await workplace();
    const precious = await place.file('precious', 'precious');
    await mkdir(join(place.path, 'out'));
    if (name !== 'lock') await place.file('out/lock.0123456789.new', '');
    await symlink(precious, join(place.path, 'out', name));

    const { code } = await place.command(['run', '-', '--format', 'csv', ...at(server.url), '--out', 'out'], {
      stdin: questions(2),
    });

    expect(code).toBe(name === 'lock' ? 2 : 0);
    expect(await readFile(precious, 'utf8')).toBe('precious');
  });
});
