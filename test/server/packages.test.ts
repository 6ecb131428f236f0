import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import { findServerPackages, installCommand } from '../../src/server/packages.ts';
import { checkout, temporaryDirectory } from './temporary.ts';

const serverHere = pathToFileURL(
  join(checkout, 'node_modules/@langchain/langgraph-api/dist/server.mjs'),
).href;

describe('findServerPackages', () => {
  it('finds the server from a later place where the first has none', async () => {
    await using empty = await temporaryDirectory();

    const found = findServerPackages([empty.path, checkout]);

    expect(found.serverUrl).toBe(serverHere);
    expect(found.tsxUrl).toMatch(/^file:.*\/tsx\/dist\/loader\.mjs$/);
  });

  it('tells the command that installs what is missing', async () => {
    await using empty = await temporaryDirectory();
    const find = () => findServerPackages([empty.path]);

    expect(find).toThrow(ConfigError);
    expect(find).toThrow(installCommand);
    expect(find).toThrow(`not found from ${empty.path}`);
  });

  it('names the packages that an installed server lacks', async () => {
    await using project = await temporaryDirectory({
      'node_modules/@langchain/langgraph-api/package.json': '{"exports":{"./server":"./server.mjs"}}',
      'node_modules/@langchain/langgraph-api/server.mjs': '',
      'node_modules/@langchain/langgraph/package.json': '{"main":"index.js"}',
      'node_modules/@langchain/langgraph/index.js': '',
    });

    expect(() => findServerPackages([project.path])).toThrow(
      /needs @langchain\/langgraph-checkpoint, @langchain\/core\/messages, tsx, not found from there/,
    );
  });

  it('leaves graphs and server alone that share one copy', async () => {
    await using project = await temporaryDirectory();
    await project.linkPackages();

    expect(findServerPackages([project.path]).anchorUrl).toBeNull();
  });

  it('gives agents that have no LangGraph the server’s', async () => {
    await using elsewhere = await temporaryDirectory();

    expect(findServerPackages([elsewhere.path, checkout]).anchorUrl).toBe(serverHere);
  });

  it('gives the server the LangGraph of the graphs', async () => {
    await using project = await temporaryDirectory({
      'node_modules/@langchain/langgraph/package.json': '{"main":"index.js"}',
      'node_modules/@langchain/langgraph/index.js': '',
    });
    await symlink(
      join(checkout, 'node_modules/@langchain/core'),
      join(project.path, 'node_modules/@langchain/core'),
    );

    const { anchorUrl } = findServerPackages([project.path, checkout]);

    expect(anchorUrl).toBe(pathToFileURL(join(project.path, 'package.json')).href);
  });
});
