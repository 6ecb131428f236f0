import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import { readGraphs } from '../../src/server/graphs-file.ts';
import { temporaryDirectory } from './temporary.ts';

const json = JSON.stringify;

describe('readGraphs', () => {
  it('resolves paths against the file, in both forms', async () => {
    await using project = await temporaryDirectory({ 'src/a.ts': '', 'b.mjs': '', 'auth.ts': '' });
    const content = {
      node_version: '20',
      dependencies: ['.'],
      graphs: { a: './src/a.ts:graph', b: { path: 'b.mjs:default', description: 'the other' } },
      auth: { path: './auth.ts:auth' },
    };
    const file = await project.file('langgraph.json', json(content));

    const read = await readGraphs(file);

    expect(read).toEqual({
      file,
      graphs: {
        a: { file: join(project.path, 'src/a.ts'), exportName: 'graph' },
        b: { file: join(project.path, 'b.mjs'), exportName: 'default' },
      },
      env: {},
      auth: { file: join(project.path, 'auth.ts'), exportName: 'auth' },
    });
  });

  it('takes the bundled agents without a file', async () => {
    const { file, graphs } = await readGraphs(undefined);

    expect(file).toBeNull();
    expect(Object.keys(graphs)).toEqual([
      'assistant',
      'echo',
      'tools',
      'approve',
      'slow',
      'flaky',
      'extract',
    ]);
  });

  it.each([
    ['an object', { A: 'x', N: 1 }, { A: 'x', N: '1' }],
    ['the path of a .env file', './my.env', { A: 'from file', B: 'two words' }],
    ['names of the shell’s variables', ['HOME'], {}],
    ['nothing', undefined, {}],
  ])('reads variables from %s', async (_form, env, expected) => {
    await using project = await temporaryDirectory({
      'a.mjs': '',
      'my.env': '# mine\nA=from file\nexport B="two words"\n',
    });
    const file = await project.file('langgraph.json', json({ graphs: { a: 'a.mjs:a' }, env }));

    const read = await readGraphs(file);

    expect(read.env).toEqual(expected);
  });

  it.each([
    ['JSON that is none', '{"graphs":', /langgraph\.json: expected JSON, saw: /],
    ['a list', '[]', /langgraph\.json: expected an object such as /],
    ['no graphs', '{}', /graphs: expected at least one graph, as in \{"graphs"/],
    ['an empty list of graphs', '{"graphs":{}}', /graphs: expected at least one graph/],
    ['a graph that is a number', '{"graphs":{"a":1}}', /graphs\.a: expected a path .* saw 1$/],
    [
      'a path without export',
      '{"graphs":{"a":"./a.mjs"}}',
      /graphs\.a: expected "file:export", .* saw "\.\/a\.mjs"$/,
    ],
    ['an empty export', '{"graphs":{"a":"./a.mjs:"}}', /graphs\.a: expected "file:export"/],
    ['a missing file', '{"graphs":{"a":"./b.mjs:a"}}', /graphs\.a: no such file: .*b\.mjs$/],
    ['a folder', '{"graphs":{"a":".:a"}}', /graphs\.a: no such file: /],
    ['a missing .env', '{"graphs":{"a":"a.mjs:a"},"env":".env"}', /env: no such file: .*\.env$/],
    [
      'variables that are a number',
      '{"graphs":{"a":"a.mjs:a"},"env":7}',
      /env: expected an object or the path/,
    ],
    [
      'a bad auth path',
      '{"graphs":{"a":"a.mjs:a"},"auth":{"path":"x"}}',
      /auth\.path: expected "file:export"/,
    ],
  ])('refuses %s', async (_what, content, message) => {
    await using project = await temporaryDirectory({ 'a.mjs': '', 'langgraph.json': content });

    const reading = readGraphs(join(project.path, 'langgraph.json'));

    await expect(reading).rejects.toThrow(ConfigError);
    await expect(reading).rejects.toThrow(message);
  });

  it('names a file that is not there', async () => {
    await using project = await temporaryDirectory();

    const reading = readGraphs(join(project.path, 'langgraph.json'));

    await expect(reading).rejects.toThrow(
      `${project.path}/langgraph.json: expected a langgraph.json, saw: no such file`,
    );
  });

  it('tells what to start for a Python graph', async () => {
    await using project = await temporaryDirectory({
      'agent.py': '',
      'langgraph.json': json({ graphs: { agent: './agent.py:graph' } }),
    });

    const reading = readGraphs(join(project.path, 'langgraph.json'));

    await expect(reading).rejects.toThrow(ConfigError);
    await expect(reading).rejects.toThrow(/graphs\.agent: \.\/agent\.py is Python/);
    await expect(reading).rejects.toThrow('`langgraph dev --port 2024`');
    await expect(reading).rejects.toThrow('pip install "langgraph-cli[inmem]"');
    await expect(reading).rejects.toThrow('`--url http://127.0.0.1:2024`');
  });

  it('tells all faults at once', async () => {
    await using project = await temporaryDirectory({
      'langgraph.json': json({ graphs: { a: 'a.mjs:a', b: 'b.py:b', c: 3 }, env: 1 }),
    });

    const error = await readGraphs(join(project.path, 'langgraph.json')).catch((caught: unknown) => caught);

    expect(error).toMatchObject({
      faults: [/graphs\.a/, /graphs\.b/, /graphs\.c/, /env/].map((each) => expect.stringMatching(each)),
    });
  });
});
