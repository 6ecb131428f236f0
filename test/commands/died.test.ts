/** What a start finds that another left when it died, or has at this very moment. */

import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { enter, findPlace } from '../../src/commands/open-batch.ts';
import { rememberedConfig } from '../../src/config.ts';
import { LockedError } from '../../src/errors.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { until } from '../support/agent-replies.ts';
import { says, startAgentServer } from '../support/agent-server.ts';
import { gate } from '../support/gate.ts';
import { questions, workplace } from '../support/threadmill.ts';

const echo = ({ prompt }: { prompt: string }) => says(prompt);
const at = (url: string) => ['--url', url, '--agent', 'agent'];

describe('a start that goes on where another was killed', () => {
  it('does not stop for what was in flight, however much it was, under at-most-once', async () => {
    const hold = gate();
    await using server = await startAgentServer({ agent: ({ prompt }) => until(hold.opened, says(prompt)) });
    await using place = await workplace({ 'qa.csv': questions(40) });
    const args = ['run', 'qa.csv', ...at(server.url), '--out', 'out', '--mode', 'stateless', '-c', '15'];
    const started = place.start(args);
    await server.when(({ counts }) => counts.creates === 15);
    started.process.kill('SIGKILL');
    await started.ended;
    hold.open();

    await place.threadmill(args);

    const { counts, batch } = await place.batch('out').summary();
    expect(batch.state).toBe('finished');
    expect(counts).toMatchObject({ success: 25, error: 15, uncertain: 15, not_yet: 0 });
    expect(server.counts.creates).toBe(40);
  });

  it.each([
    ['took the lock', { 'lock.0123456789.new': '{"pid' }],
    ['wrote the manifest', { 'lock.0123456789.new': '', 'batch.json.new': '{"for' }],
    ['kept its stdin', { 'lock.0123456789.new': '', 'dataset.new': 'id,pro' }],
  ])('begins the batch where it was killed while it %s', async (_, files) => {
    await using server = await startAgentServer({ agent: echo });
    await using place = await workplace({ 'qa.csv': questions(3) });
    for (const [name, content] of Object.entries(files)) await place.file(`out/${name}`, content);

    const { code } = await place.threadmill(['run', 'qa.csv', ...at(server.url), '--out', 'out']);

    expect(code).toBe(0);
    expect(await place.batch('out').records()).toHaveLength(3);
  });

  it.each(['server', 'dataset'])(
    'leaves alone a directory of somebody else’s that holds a %s',
    async (name) => {
      await using server = await startAgentServer({ agent: echo });
      await using place = await workplace({ 'qa.csv': questions(3) });
      await place.file(`out/${name}`, 'precious');

      const { code, stderr } = await place.threadmill(['run', 'qa.csv', ...at(server.url), '--out', 'out']);

      expect(code).toBe(2);
      expect(stderr).toContain('holds other files and no batch');
      expect(await place.batch('out').text(name)).toBe('precious');
    },
  );
});

describe('two starts on one directory', () => {
  const wishFor = (path: string, isNew = false) => ({
    config: rememberedConfig({ out: 'out', new: isNew }),
    cwd: path,
    date: new Date('2026-11-22T03:00:00Z'),
    datasetPath: join(path, 'qa.csv'),
  });

  it('are one batch, also where the first began and ended while the second got ready', async () => {
    await using server = await startAgentServer({ agent: echo });
    await using place = await workplace({ 'qa.csv': questions(3) });
    const found = await findPlace(wishFor(place.path), () => false);
    await place.threadmill(['run', 'qa.csv', ...at(server.url), '--out', 'out']);

    await using entered = await enter(found, systemRuntime);

    expect(found.manifest).toBeNull();
    expect(entered.place.manifest).toMatchObject({ state: 'finished', planned: 3 });
  });

  it('do not get in each other’s way with --new: the first is left where it is', async () => {
    const hold = gate();
    await using server = await startAgentServer({ agent: ({ prompt }) => until(hold.opened, says(prompt)) });
    await using place = await workplace({ 'qa.csv': questions(3) });
    const args = ['run', 'qa.csv', ...at(server.url), '--out', 'out'];
    const first = place.start(args);
    await server.when(({ runs }) => runs.length === 3);

    const second = await place.threadmill([...args, '--new']);
    hold.open();
    const { code } = await first.ended;

    expect(second.code).toBe(3);
    expect(second.stderr).toContain(`process ${first.process.pid} on `);
    expect(code).toBe(0);
    expect(await place.batch('out').records()).toHaveLength(3);
  });

  it('with --new leave no lock in the batch that is moved away', async () => {
    await using server = await startAgentServer({ agent: echo });
    await using place = await workplace({ 'qa.csv': questions(1) });
    await place.threadmill(['run', 'qa.csv', ...at(server.url), '--out', 'out']);
    const found = await findPlace(wishFor(place.path, true), () => false);

    await using entered = await enter(found, systemRuntime);

    expect(entered.place.manifest).toBeNull();
    expect(await readdir(found.moveTo ?? '')).toContain('results.jsonl');
    expect(await readdir(found.moveTo ?? '')).not.toContain('lock');
    await expect(enter({ ...found, moveTo: null }, systemRuntime)).rejects.toThrow(LockedError);
  });

  it('wait for nobody in an empty directory', async () => {
    await using place = await workplace();
    await mkdir(join(place.path, 'out'));

    await using entered = await enter(await findPlace(wishFor(place.path), () => false), systemRuntime);

    expect(entered.place.manifest).toBeNull();
  });
});
