import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { startLocalServer } from '../../src/server/start.ts';
import { orphanGraceMs } from '../../src/server/state-claim.ts';
import { clientOf, lastText } from './client.ts';
import { endOf, startParent } from './processes.ts';
import { checkout, type TemporaryDirectory, temporaryDirectory } from './temporary.ts';

describe('a local server', () => {
  it('ends when its parent is killed, and keeps its threads for the next', async () => {
    await using directory = await temporaryDirectory();
    const stateDir = join(directory.path, 'state');
    await using parent = await startParent(directory, { stateDir, workers: 2 });
    const thread = await clientOf(parent.url).newThread();
    await clientOf(parent.url).say(thread, 'assistant', 'My name is Ada.');
    parent.process.kill('SIGKILL');
    await using next = await startLocalServer({ stateDir, workers: 2 });

    const state = await clientOf(next.url).say(thread, 'assistant', 'Hello');

    await endOf(parent.pid);
    expect(lastText(state)).toBe('Hello, Ada! How can I help?');
    expect(Number(await readFile(join(stateDir, 'server.pid'), 'utf8'))).toBe(next.pid);
  });

  it('ends with a parent that just exits', async () => {
    await using directory = await temporaryDirectory();
    await using parent = await startParent(directory, {
      stateDir: join(directory.path, 'state'),
      workers: 1,
    });

    const started = performance.now();

    parent.process.kill('SIGTERM');

    await once(parent.process, 'exit');
    await endOf(parent.pid);
    expect(performance.now() - started).toBeLessThan(orphanGraceMs / 2);
  });

  it('lives on when a terminal interrupts both, as long as the parent does', async () => {
    await using directory = await temporaryDirectory();
    await using parent = await startParent(directory, {
      stateDir: join(directory.path, 'state'),
      workers: 1,
    });
    const client = clientOf(parent.url);
    const run = client.say(await client.newThread(), 'slow', '1000');

    process.kill(-Number(parent.process.pid), 'SIGINT');

    expect(lastText(await run)).toBe('Waited 1000 ms.');
  });

  it('that can no longer notice is killed a while after its parent', async () => {
    await using directory = await temporaryDirectory({
      'spin.mjs': `import { Worker } from 'node:worker_threads';
        const workerData = { parentPid: process.ppid, graceMs: 100 };
        const watch = new Worker(${JSON.stringify(join(checkout, 'dist/server/orphan-watch.js'))}, { workerData });
        watch.once('online', () => { console.log(process.pid); for (;;); });`,
    });
    const script = `require('child_process').spawn(process.execPath, ['spin.mjs'], { stdio: 'inherit' })`;
    const parent = spawn(process.execPath, ['-e', script], {
      cwd: directory.path,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(createInterface({ input: parent.stdout }), 'line');

    parent.kill('SIGKILL');

    await endOf(Number(line));
  });

  it('takes its packages from the user’s folder where threadmill is installed elsewhere', async () => {
    await using global = await installedElsewhere();
    await using project = await temporaryDirectory();
    await project.linkPackages();
    const options = { stateDir: join(project.path, 'state'), workers: 2 };
    await using parent = await startParent(project, options, join(global.path, 'dist/server/start.js'));
    const client = clientOf(parent.url);

    const state = await client.say(await client.newThread(), 'tools', 'one');

    expect(lastText(state)).toBe('1 words and 3 letters make 4.');
  });

  it('tells what to install where the packages are nowhere', async () => {
    await using global = await installedElsewhere();
    await using project = await temporaryDirectory();
    const options = { stateDir: join(project.path, 'state'), workers: 2 };

    const starting = startParent(project, options, join(global.path, 'dist/server/start.js'));

    await expect(starting).rejects.toThrow('npm install @langchain/langgraph-api@1.5.1');
  });
});

/** threadmill with what it needs, but none of what is optional. */
async function installedElsewhere(): Promise<TemporaryDirectory> {
  const directory = await temporaryDirectory();
  await mkdir(join(directory.path, 'node_modules'));
  await symlink(join(checkout, 'node_modules/dotenv'), join(directory.path, 'node_modules/dotenv'));
  for (const name of ['dist', 'package.json']) {
    await cp(join(checkout, name), join(directory.path, name), { recursive: true });
  }
  return directory;
}
