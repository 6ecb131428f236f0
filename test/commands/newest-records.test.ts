import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sameRecords } from '../../src/commands/newest-records.ts';
import { batchFiles } from '../../src/results/files.ts';
import { says, startAgentServer } from '../support/agent-server.ts';
import { questions, workplace } from '../support/threadmill.ts';

describe('the records that count', () => {
  it('are the same at each reading, though more are recorded meanwhile', async () => {
    await using server = await startAgentServer({ agent: ({ prompt }) => says(prompt) });
    await using place = await workplace({ 'qa.csv': questions(5) });
    await place.command(['run', 'qa.csv', '--url', server.url, '--agent', 'agent', '--out', 'out']);
    const files = batchFiles(join(place.path, 'out'));
    const records = sameRecords(files);
    const idsOf = async () => {
      const ids: string[] = [];
      for await (const { id } of records()) ids.push(id);
      return ids;
    };

    const before = await idsOf();
    await place.file('qa.csv', questions(7));
    await place.command(['run', 'qa.csv', '--url', server.url, '--agent', 'agent', '--out', 'out']);
    const after = await idsOf();

    expect(before).toEqual(['r1', 'r2', 'r3', 'r4', 'r5']);
    expect(after).toEqual(before);
    expect((await readFile(files.journal, 'utf8')).trimEnd().split('\n')).toHaveLength(7);
  });
});
