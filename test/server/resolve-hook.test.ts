import type { ResolveHookContext } from 'node:module';
import { expect, it } from 'vitest';
import { initialize, resolve } from '../../src/server/resolve-hook.ts';

const anchorUrl = 'file:///project/package.json';

/** From where it is resolved in the end. `known` tells what can be. */
async function resolvedFrom(specifier: string, parentURL: string, known = (_from: string) => true) {
  const context: ResolveHookContext = {
    parentURL,
    conditions: [],
    importAttributes: {},
    importAssertions: {},
  };
  const { url } = await resolve(specifier, context, (_specifier, { parentURL: from = '' } = {}) => {
    if (!known(from)) throw new Error(`not found from ${from}`);
    return { url: from };
  });
  return url;
}

it.each([
  [
    'the server takes LangGraph from the anchor',
    '@langchain/langgraph',
    'file:///global/api/server.mjs',
    anchorUrl,
  ],
  ['its parts too', '@langchain/core/messages', 'file:///global/api/graph/load.mjs', anchorUrl],
  [
    'a graph takes it from its own place',
    '@langchain/langgraph',
    'file:///project/graph.mjs',
    'file:///project/graph.mjs',
  ],
  [
    'other packages are as they are',
    'hono',
    'file:///global/api/server.mjs',
    'file:///global/api/server.mjs',
  ],
])('%s', async (_what, specifier, parentURL, expected) => {
  await initialize({ anchorUrl, importers: ['file:///global/api/'] });

  const from = await resolvedFrom(specifier, parentURL);

  expect(from).toBe(expected);
});

it('what the anchor does not have the server takes from its own place', async () => {
  await initialize({ anchorUrl, importers: ['file:///global/api/'] });
  const server = 'file:///global/api/server.mjs';

  const from = await resolvedFrom('@langchain/langgraph-checkpoint', server, (each) => each !== anchorUrl);

  expect(from).toBe(server);
});
