/** The commands against the real local Agent Server. */

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { questions, type Started, type Workplace, workplace } from '../support/threadmill.ts';

const datasets = fileURLToPath(new URL('../../datasets/', import.meta.url));

describe('threadmill run --local', () => {
  it('runs the sample dataset through the sample assistant', async () => {
    await using place = await workplace();

    const { code, stderr } = await place.threadmill(['run', `${datasets}support.csv`, '--local']);

    expect(stderr).toContain('exactly-once while the local server lives');
    expect(code).toBe(0);
    const [batch] = await place.batches();
    const records = (await batch?.records()) ?? [];
    expect(records.length).toBeGreaterThan(9);
    expect(
      records.every(({ outcome, usage }) => outcome === 'success' && (usage?.total_tokens ?? 0) > 0),
    ).toBe(true);
    expect(records.some(({ tool_calls }) => tool_calls.length > 0)).toBe(true);
    // Of one nobody knows what to expect.
    const values = records.map(({ scores }) => scores['exact']?.value ?? null);
    expect(values.filter((value) => value !== 1)).toEqual([null]);
    expect(stderr).toMatch(/^ {2}exact +1\.000 /m);
  });

  it('goes on after it was killed together with its server', async () => {
    await using place = await workplace({ 'qa.csv': questions(24) });
    const args = ['run', 'qa.csv', '--local', '--agent', 'echo', '-c', '8', '--out', 'out'];
    const started = place.start(args);
    await started.says('Plan:');
    await untilJournalHas(place.batch('out').path, 8);
    started.process.kill('SIGKILL');
    await started.ended;

    const { code, stderr } = await place.threadmill(args);

    expect(code).toBe(0);
    expect(stderr).toContain('recorded already');
    const records = await place.batch('out').records();
    expect(records.map(({ id }) => id).sort()).toEqual(
      Array.from({ length: 24 }, (_, at) => `r${at + 1}`).sort(),
    );
    expect(records.filter(({ input, response }) => input !== response)).toEqual([]);
  });
});

/** Looks again as soon as the file system says so much: a journal grows by whole records. */
async function untilJournalHas(directory: string, records: number): Promise<void> {
  for (;;) {
    const text = await readFile(`${directory}/results.jsonl`, 'utf8').catch(() => '');
    if (text.split('\n').length > records) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** One server for all that does not look at its start. */
describe('threadmill run, asking what threadmill serve serves,', () => {
  let home: Workplace;
  let serving: Started;
  let url = '';
  beforeAll(async () => {
    home = await workplace();
    serving = home.start(['serve', '--port', '0']);
    await serving.says('threadmill check --url');
    url = /--url (\S+)/.exec(serving.saidSoFar())?.[1] ?? '';
  });
  afterAll(async () => {
    serving.process.kill('SIGINT');
    await serving.ended;
    await home[Symbol.asyncDispose]();
  });
  const at = (agent: string) => ['--url', url, '--agent', agent];

  it.each([
    ['threaded', []],
    ['streaming', ['--stream']],
    ['stateless', ['--mode', 'stateless']],
  ])('gives the agent each prompt as it is, %s', async (_, options) => {
    await using place = await workplace();

    const { code } = await place.threadmill([
      'run',
      `${datasets}awkward.csv`,
      ...at('echo'),
      '--out',
      'out',
      ...options,
    ]);

    expect(code).toBe(0);
    const rows = await place.batch('out').csv('results.csv');
    expect(rows.length).toBeGreaterThan(5);
    const records = await place.batch('out').records();
    expect(records.filter(({ input, response }) => input !== response)).toEqual([]);
  });

  it('tells the time to the first token of a stream', async () => {
    await using place = await workplace({ 'qa.csv': questions(3) });

    await place.threadmill(['run', 'qa.csv', ...at('assistant'), '--stream', '--out', 'out']);

    const records = await place.batch('out').records();
    expect(records).toHaveLength(3);
    for (const { ttft_ms, latency_ms } of records) {
      expect(ttft_ms).toBeGreaterThan(0);
      expect(ttft_ms).toBeLessThanOrEqual(latency_ms ?? 0);
    }
  });

  it('has each turn of a conversation see the ones before', async () => {
    await using place = await workplace();

    const { code } = await place.threadmill([
      'run',
      `${datasets}conversations.jsonl`,
      ...at('assistant'),
      '--out',
      'out',
    ]);

    expect(code).toBe(0);
    const records = await place.batch('out').records();
    const ofOne = records.filter(({ id }) => id === records[0]?.id);
    expect(ofOne.map(({ turn }) => turn)).toEqual(ofOne.map((_, at) => at + 1));
    expect(new Set(ofOne.map(({ thread_id }) => thread_id)).size).toBe(1);
  });
});

describe('threadmill check --local', () => {
  it('prints the agent, and its answer to --ask', async () => {
    await using place = await workplace();

    const { code, stdout } = await place.threadmill([
      'check',
      '--local',
      '--agent',
      'echo',
      '--ask',
      'hello',
    ]);

    expect(code).toBe(0);
    expect(stdout).toMatch(/^agent +echo$/m);
    expect(stdout.trim().split('\n').at(-1)).toBe('hello');
  });

  it('names the local agents where there is none of that name', async () => {
    await using place = await workplace();

    const { code, stderr } = await place.threadmill(['check', '--local', '--agent', 'nobody']);

    expect(code).toBe(2);
    expect(stderr).toContain('assistant, echo, tools');
  });
});

describe('threadmill serve', () => {
  it('serves until Ctrl-C, and another process can ask', async () => {
    await using place = await workplace();
    const serving = place.start(['serve', '--port', '0']);
    await serving.says('threadmill check --url');
    const url = /--url (\S+)/.exec(serving.saidSoFar())?.[1] ?? '';

    const asked = await place.threadmill(['check', '--url', url, '--agent', 'echo', '--ask', 'hi']);
    serving.process.kill('SIGINT');
    const { code, stdout } = await serving.ended;

    expect(asked.code).toBe(0);
    expect(asked.stdout).toContain('hi');
    expect(stdout).toContain('assistant');
    expect(code).toBe(0);
  });

  it('names what to start for a Python graph', async () => {
    await using place = await workplace({
      'langgraph.json': JSON.stringify({ graphs: { agent: './agent.py:graph' } }),
      'agent.py': '',
    });

    const { code, stderr } = await place.threadmill(['serve', 'langgraph.json']);

    expect(code).toBe(2);
    expect(stderr).toContain('langgraph dev');
  });
});
