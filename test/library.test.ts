/** The library as its users import it: by its name, from the built package. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { says, startAgentServer } from './support/agent-server.ts';
import { questions, workplace } from './support/threadmill.ts';

const root = join(import.meta.dirname, '..');

describe('the library', () => {
  it('runs a batch with an agent, a reader and a sink of one’s own', async () => {
    const { end, records } = await import('../docs/examples/own-agent.ts');

    expect(end).toEqual({ stop: null, threadsLeft: 0, jobsLeft: 0 });
    expect(
      records.map(({ id, outcome, response, failure }) => [id, outcome, response ?? failure?.code]),
    ).toEqual([
      ['sum-0', 'success', '3'],
      ['sum-1', 'success', '42'],
      ['sum-2', 'error', 'NO_SUM'],
    ]);
  });

  it('does what the command does, and writes nothing of its own to the process', async () => {
    await using server = await startAgentServer({ agent: ({ prompt }) => says(prompt) });
    await using place = await workplace({ 'qa.csv': questions(5) });
    const { askAll } = await import('../docs/examples/run-dataset.ts');
    const exitCode = process.exitCode;
    const listeners = process.listenerCount('SIGINT');

    const counts = await askAll(join(place.path, 'qa.csv'), server.url, 'agent', join(place.path, 'out'));

    expect(counts).toMatchObject({ planned: 5, success: 5, not_yet: 0 });
    expect(await place.batch('out').csv('results.csv')).toHaveLength(5);
    expect([process.exitCode, process.listenerCount('SIGINT')]).toEqual([exitCode, listeners]);
  });

  it('refuses wrong options as the command does', async () => {
    const { ConfigError, runDataset } = await import('threadmill');

    await expect(runDataset('qa.csv', {})).rejects.toBeInstanceOf(ConfigError);
    await expect(
      runDataset('qa.csv', { url: 'http://localhost', agent: 'a', excel: true, rawCsv: true }),
    ).rejects.toThrow('--raw-csv');
  });

  it.each(['own-agent.ts', 'run-dataset.ts'])(
    'shows in its guide the very program that is run here: %s',
    async (name) => {
      const guide = await readFile(join(root, 'docs/guide/library.md'), 'utf8');
      const program = await readFile(join(root, 'docs/examples', name), 'utf8');

      expect(guide).toContain(`\`\`\`ts\n${program}\`\`\``);
    },
  );
});
