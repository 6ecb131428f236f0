import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { startLocalServer } from '../../src/server/start.ts';
import { clientOf, lastText } from './client.ts';
import { graphFile, shoutFile, typescriptGraphFile } from './graph-files.ts';
import { isAlive } from './processes.ts';
import { temporaryDirectory } from './temporary.ts';

const langgraphJson = (more: object = {}) =>
  JSON.stringify({ graphs: { mine: './graph.mjs:graph' }, ...more });

describe('a local server', () => {
  it('stops within 2 s, also with a run in flight, and leaves nothing but its state', async () => {
    await using directory = await temporaryDirectory();
    const stateDir = join(directory.path, 'state');
    const server = await startLocalServer({ stateDir, workers: 1 });
    const client = clientOf(server.url);
    const input = { messages: [{ role: 'user', content: '600000' }] };
    await client.send('POST', `/threads/${await client.newThread()}/runs`, { assistant_id: 'slow', input });
    const started = performance.now();

    await Promise.all([server.stop(), server.stop()]);

    expect(performance.now() - started).toBeLessThan(2_000);
    expect(await server.exited).toMatchObject({ code: 0, signal: null });
    expect(isAlive(server.pid)).toBe(false);
    await access(join(stateDir, '.langgraph_api/.langgraphjs_ops.json'));
    await expect(access(join(stateDir, 'server.pid'))).rejects.toThrow('ENOENT');
  });
});

describe('startLocalServer', () => {
  it('serves two at once, each with state of its own', async () => {
    await using directory = await temporaryDirectory();
    const start = (name: string) => startLocalServer({ stateDir: join(directory.path, name), workers: 1 });
    await using one = await start('one');
    await using two = await start('two');
    const thread = await clientOf(one.url).newThread();

    const states = [
      await clientOf(one.url).say(thread, 'echo', 'hi'),
      await clientOf(two.url).send('POST', '/threads/search', {}),
    ];

    expect(lastText(states[0] ?? {})).toBe('hi');
    expect(states[1]).toEqual([]);
  });

  it('has a thread of an earlier server of the same directory', async () => {
    await using directory = await temporaryDirectory();
    const stateDir = join(directory.path, 'state');
    const earlier = await startLocalServer({ stateDir, workers: 2 });
    const thread = await clientOf(earlier.url).newThread();
    await clientOf(earlier.url).say(thread, 'assistant', 'My name is Ada.');
    await earlier.stop();
    await using later = await startLocalServer({ stateDir, workers: 2 });

    const state = await clientOf(later.url).say(thread, 'assistant', 'Hello');

    expect(lastText(state)).toBe('Hello, Ada! How can I help?');
  });

  it('tells how it ended when it is killed, with what it printed last', async () => {
    await using directory = await temporaryDirectory({
      'graph.mjs': `${graphFile('1')}\nfor (let i = 1; i <= 30; i++) console.log('line', i);`,
      'langgraph.json': langgraphJson(),
    });
    await directory.linkPackages();
    const log = new PassThrough();
    const graphs = join(directory.path, 'langgraph.json');
    const server = await startLocalServer({
      graphs,
      stateDir: join(directory.path, 'state'),
      workers: 1,
      log,
    });

    process.kill(server.pid, 'SIGKILL');

    const exit = await server.exited;
    log.end();
    const lines = Array.from({ length: 30 }, (_, place) => `line ${place + 1}`);
    expect(exit).toEqual({ code: null, signal: 'SIGKILL', lastLines: lines.slice(10) });
    expect((await text(log)).trim().split('\n')).toEqual(lines);
    await server.stop();
  });

  it('ends though a process that a graph has started still holds its output', async () => {
    await using directory = await temporaryDirectory({
      'graph.mjs': `${graphFile('1')}
        import { spawn } from 'node:child_process';
        const script = 'setTimeout(() => {}, 600_000)';
        console.log(spawn(process.execPath, ['-e', script], { stdio: 'inherit', detached: true }).pid);`,
      'langgraph.json': langgraphJson(),
    });
    await directory.linkPackages();
    const graphs = join(directory.path, 'langgraph.json');
    const server = await startLocalServer({ graphs, stateDir: join(directory.path, 'state'), workers: 1 });

    await server.stop();

    const { lastLines } = await server.exited;
    const held = Number(lastLines[0]);
    expect(isAlive(held)).toBe(true);
    process.kill(held, 'SIGKILL');
  });

  it('heeds no signal of a terminal or supervisor: its parent decides', async () => {
    await using directory = await temporaryDirectory();
    await using server = await startLocalServer({ stateDir: join(directory.path, 'state'), workers: 1 });
    const client = clientOf(server.url);
    const thread = await client.newThread();
    const run = client.say(thread, 'slow', '1500');

    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(server.pid, signal);

    expect(lastText(await run)).toBe('Waited 1500 ms.');
  });

  it('runs a graph in JavaScript in its project, with the variables of its langgraph.json and the caller', async () => {
    const variables = ['FROM_FILE', 'FROM_CALLER', 'LANGSMITH_TRACING', 'LOG_LEVEL'].map(
      (name) => `process.env.${name}`,
    );
    await using project = await temporaryDirectory({
      'graph.mjs': graphFile(`[process.cwd(), ${variables.join()}]`),
      'langgraph.json': langgraphJson({ env: { FROM_FILE: 'file', FROM_CALLER: 'file' } }),
    });
    await project.linkPackages();
    await using server = await startLocalServer({
      graphs: join(project.path, 'langgraph.json'),
      stateDir: join(project.path, 'a:b/state'),
      workers: 1,
      env: { FROM_CALLER: 'caller' },
    });
    const client = clientOf(server.url);

    const state = await client.say(await client.newThread(), 'mine', 'hi');

    expect(server.agents).toEqual(['mine']);
    expect(lastText(state)).toBe(`${project.path},file,caller,false,error`);
  });

  it.each(['{"type":"module"}', '{}'])('runs a graph in TypeScript, of a package %s', async (packageJson) => {
    await using project = await temporaryDirectory({
      'package.json': packageJson,
      'src/graph.ts': typescriptGraphFile,
      'src/shout.ts': shoutFile,
      'langgraph.json': '{"graphs":{"mine":{"path":"./src/graph.ts:graph"}}}',
    });
    await project.linkPackages();
    const graphs = join(project.path, 'langgraph.json');
    await using server = await startLocalServer({
      graphs,
      stateDir: join(project.path, 'state'),
      workers: 1,
    });
    const client = clientOf(server.url);
    const thread = await client.newThread();
    const paused = await client.say(thread, 'mine', 'how?');

    const state = await client.run(thread, 'mine', { command: { resume: 'well' } });

    expect(paused['__interrupt__']).toMatchObject([{ value: { question: 'how?' } }]);
    expect(lastText(state)).toBe('WELL!');
  });

  it('lets a project check keys', async () => {
    await using project = await temporaryDirectory({
      'graph.mjs': graphFile('1'),
      'auth.ts': `import { Auth, HTTPException } from '@langchain/langgraph-sdk/auth';
        export const auth = new Auth().authenticate((request: Request) => {
          if (request.headers.get('x-api-key') !== 'k1') throw new HTTPException(401, { message: 'no' });
          return { identity: 'me', permissions: [] };
        });`,
      'langgraph.json': langgraphJson({ auth: { path: './auth.ts:auth' } }),
    });
    await project.linkPackages();
    const graphs = join(project.path, 'langgraph.json');
    await using server = await startLocalServer({
      graphs,
      stateDir: join(project.path, 'state'),
      workers: 1,
    });

    const statuses = ['k1', 'k2'].map(
      async (key) => (await fetch(`${server.url}/assistants/mine`, { headers: { 'x-api-key': key } })).status,
    );

    expect(await Promise.all(statuses)).toEqual([200, 401]);
  });
});
