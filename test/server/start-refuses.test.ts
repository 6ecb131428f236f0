import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AgentError, ConfigError } from '../../src/errors.ts';
import { startLocalServer } from '../../src/server/start.ts';
import { temporaryDirectory } from './temporary.ts';

describe('startLocalServer refuses', () => {
  /** Starts with this as the only graph; gives the error. */
  async function failureOf(
    files: Record<string, string>,
    exportPath = './graph.mjs:graph',
  ): Promise<unknown> {
    await using project = await temporaryDirectory({
      ...files,
      'langgraph.json': JSON.stringify({ graphs: { mine: exportPath } }),
    });
    await project.linkPackages();
    const graphs = join(project.path, 'langgraph.json');
    return await startLocalServer({ graphs, stateDir: join(project.path, 'state'), workers: 1 }).catch(
      (error) => error,
    );
  }

  it.each([
    [
      'that throws',
      'console.log("before");\nthrow new Error("no model key");',
      [/\(.*graph\.mjs:graph\): no model key\nThe last it printed:\n/, /\n {2}before\n/, /graph\.mjs:2:7/],
    ],
    [
      'without the export',
      'export const other = 1, third = 2;',
      [/the file has no such export, it has: other, third$/],
    ],
    ['with a missing package', 'import "no-such-package";', [/Cannot find package 'no-such-package'/]],
    ['with a mistake in its syntax', 'export const = 1;', [/Unexpected token '='/]],
    ['that is none', 'export const graph = null;', [/the file has no such export/]],
  ])('a graph %s', async (_what, graph, messages) => {
    const error = await failureOf({ 'graph.mjs': graph });

    expect(error).toBeInstanceOf(ConfigError);
    for (const message of [
      /^ConfigError: The local Agent Server did not start: graph "mine" /,
      ...messages,
    ]) {
      expect(String(error)).toMatch(message);
    }
  });

  it('a graph that ends the process', async () => {
    const error = await failureOf({ 'graph.mjs': 'console.log("bye"); process.exit(7);' });

    expect(error).toBeInstanceOf(AgentError);
    expect(error).toMatchObject({
      message:
        'The local Agent Server did not start: its process ended with code 7\nThe last it printed:\n  bye',
      exitCode: 3,
    });
  });

  it('a mistake in TypeScript, with its place', async () => {
    const error = await failureOf(
      { 'graph.ts': 'export const one = 1;\nexport const graph = ;' },
      './graph.ts:graph',
    );

    expect(error).toBeInstanceOf(ConfigError);
    expect(String(error)).toMatch(/graph\.ts:2:21: ERROR: Unexpected ";"/);
  });

  it('a port that is taken', async () => {
    await using directory = await temporaryDirectory();
    const other = createServer();
    const port = await new Promise<number>((resolve) =>
      other.listen(0, '127.0.0.1', () => resolve(Number(Object(other.address()).port))),
    );

    const error = await startLocalServer({ stateDir: directory.path, workers: 1, port }).catch(
      (caught) => caught,
    );

    other.close();
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toBe(
      `The local Agent Server did not start: port ${port} of 127.0.0.1 is taken: choose another, or 0 for any free one`,
    );
  });
});
