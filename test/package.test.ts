/** The packed tarball, installed in an empty folder: a command and a library, small and whole. */

import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
let folder: string;

describe('the package', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'threadmill-package-'));
    // Built already by `npm test`: a second build would pull the files from under the other tests.
    const { stdout } = await run(
      'npm',
      ['pack', '--ignore-scripts', '--json', '--pack-destination', folder],
      { cwd: root },
    );
    const [packed] = Object.values(JSON.parse(stdout)) as { filename: string }[];
    await writeFile(join(folder, 'package.json'), '{"private":true,"type":"module"}');
    await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', `./${packed?.filename}`], {
      cwd: folder,
    });
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('has nothing that publint objects to', async () => {
    const { messages } = await publint({ pkgDir: join(folder, 'node_modules/threadmill'), strict: true });

    expect(messages).toEqual([]);
  });

  it('works as a command', async () => {
    const { stdout } = await run(join(folder, 'node_modules/.bin/threadmill'), ['--version'], {
      cwd: folder,
    });

    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('names the command that installs the local server where it is missing', async () => {
    await writeFile(join(folder, 'qa.csv'), 'prompt\nhello\n');

    const failed = run(join(folder, 'node_modules/.bin/threadmill'), ['run', 'qa.csv', '--local'], {
      cwd: folder,
    });

    await expect(failed).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('npm install @langchain/langgraph-api@1.5.1'),
    });
  });

  it('works as a library, with its types', async () => {
    await writeFile(
      join(folder, 'use.ts'),
      `import { answered, type Agent, createLocalEngine, runBatch, type JobRecord } from 'threadmill';
       const agent: Agent = { version: null, open: () => ({ ask: async () => answered('yes'), close: async () => true }) };
       const records: JobRecord[] = [];
       async function* examples() { yield { id: 'a', index: 0, input: 'hi', expected: null, metadata: {}, cells: {} }; }
       await runBatch({ examples: examples(), agent, engine: createLocalEngine(1), sink: { write: async (record) => { records.push(record); }, close: async () => {} } });
       console.log(records[0]?.response);`,
    );
    const tsc = join(root, 'node_modules/.bin/tsc');
    const types = join(root, 'node_modules/@types');
    await run(
      tsc,
      [
        'use.ts',
        '--module',
        'nodenext',
        '--target',
        'es2023',
        // Not the browser's types, which are checked for as long as all else.
        '--lib',
        'es2023',
        '--strict',
        '--exactOptionalPropertyTypes',
        '--typeRoots',
        types,
        '--types',
        'node',
      ],
      { cwd: folder },
    );

    const { stdout } = await run(process.execPath, ['use.js'], { cwd: folder });

    expect(stdout).toBe('yes\n');
  });

  it('bundles none of its dependencies: what is one is loaded from its own package', async () => {
    const { scripts, dependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
      readonly scripts: { readonly bundle: string };
      readonly dependencies: Readonly<Record<string, string>>;
    };

    const left = [...scripts.bundle.matchAll(/--external:([^\s']+)/g)].map(([, name]) => name);

    expect(left.sort()).toEqual([...Object.keys(dependencies), '@langchain/*'].sort());
  });

  it('takes at most 15 MB with its dependencies', async () => {
    expect(await bytesOf(join(folder, 'node_modules'))).toBeLessThanOrEqual(15 * 1024 * 1024);
  });
});

async function bytesOf(directory: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size;
  }
  return bytes;
}
