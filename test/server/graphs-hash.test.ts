import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hashGraphs } from '../../src/server/graphs-hash.ts';
import { temporaryDirectory } from './temporary.ts';

const files = {
  'project/langgraph.json': '{"graphs":{"a":"./a.mjs:a","b":"./b.mjs:b"}}',
  'project/a.mjs': 'export const a = 1;',
  'project/b.mjs': 'export const b = 1;',
};

describe('hashGraphs', () => {
  it('is the same for the same files, wherever they lie', async () => {
    await using here = await temporaryDirectory(files);
    const before = await hashGraphs(join(here.path, 'project/langgraph.json'));
    await rename(join(here.path, 'project'), join(here.path, 'moved'));

    const after = await hashGraphs(join(here.path, 'moved/langgraph.json'));

    expect(after).toBe(before);
    expect(after).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ['the langgraph.json', 'project/langgraph.json', '{"graphs":{"a":"./a.mjs:a","b":"./b.mjs:b"}} '],
    ['one graph', 'project/b.mjs', 'export const b = 2;'],
    ['what lies in which graph', 'project/b.mjs', 'export const a = 1;'],
  ])('changes with %s', async (_what, name, content) => {
    await using here = await temporaryDirectory(files);
    const file = join(here.path, 'project/langgraph.json');
    const before = await hashGraphs(file);
    await here.file(name, content);

    const after = await hashGraphs(file);

    expect(after).not.toBe(before);
  });

  it('stays the same for the bundled agents', async () => {
    const hashes = [await hashGraphs(undefined), await hashGraphs(undefined)];

    expect(new Set(hashes).size).toBe(1);
    expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
  });
});
