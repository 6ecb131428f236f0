/** A machine that does a job's scripts: a checkout with its origin, and commands as a runner has them. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Ended, type Workplace, workplace } from '../support/threadmill.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const example = (name: string) => readFile(join(root, 'datasets/example', name), 'utf8');
const cli = `'${process.execPath}' '${join(root, 'dist/cli.js')}'`;

/** What the scripts call, that is not here or would ask the network. */
const commands = {
  npx: `[ "$1" = threadmill ] && shift && exec ${cli} "$@"`,
  npm: '[ "$*" = ci ]',
  pip: '[ "$*" = "install langgraph-cli[inmem] --editable ." ]',
  langgraph: `[ "$1 $2 $4 $5" = "dev --port --no-browser --no-reload" ] && exec ${cli} serve langgraph.json --port "$3"`,
};

export interface Machine extends AsyncDisposable {
  readonly place: Workplace;
  /** As a runner does it: ends at the first command that fails. */
  sh(script: string, env?: Readonly<Record<string, string>>): Promise<Ended>;
  /** A file as it is on the origin's main branch; null where it is not there. */
  pushed(path: string): Promise<string | null>;
}

/**
 * @param env Of every script.
 * @param asked How many of the example's questions there are.
 */
export async function machine(env: Readonly<Record<string, string>>, asked = 12): Promise<Machine> {
  const dataset = (await example('orders.jsonl')).split('\n').slice(0, asked).join('\n');
  const place = await workplace({
    'repo/eval/dataset.jsonl': `${dataset}\n`,
    'repo/langgraph.json': await example('langgraph.json'),
    'repo/desk.mjs': await example('desk.mjs'),
    'repo/.gitignore': 'results/\nnode_modules\nreport.xml\nsummary.md\n',
    ...Object.fromEntries(
      Object.entries(commands).map(([name, script]) => [`bin/${name}`, `#!/bin/sh\n${script}\n`]),
    ),
  });
  for (const name of Object.keys(commands)) await chmod(join(place.path, 'bin', name), 0o755);
  await symlink(join(root, 'node_modules'), join(place.path, 'repo/node_modules'));
  const sh: Machine['sh'] = (script, more = {}) => run(script, place.path, { ...env, ...more });
  const begun = await sh(`git init --quiet --bare ../origin.git
    git -C ../origin.git config receive.advertisePushOptions true
    git init --quiet --initial-branch main
    git config user.name A && git config user.email a@example.com
    git add . && git commit --quiet --message first
    git remote add origin ../origin.git && git push --quiet --set-upstream origin main`);
  if (begun.code !== 0) throw new Error(begun.stderr);
  return {
    place,
    sh,
    pushed: async (path) => {
      const { code, stdout } = await sh(`git -C ../origin.git show main:${path}`);
      return code === 0 ? stdout : null;
    },
    [Symbol.asyncDispose]: () => place[Symbol.asyncDispose](),
  };
}

async function run(script: string, home: string, env: Readonly<Record<string, string>>): Promise<Ended> {
  const child = spawn('bash', ['-e', '-o', 'pipefail', '-c', script], {
    cwd: join(home, 'repo'),
    env: { HOME: home, PATH: `${join(home, 'bin')}:${process.env['PATH'] ?? ''}`, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code] = await once(child, 'close');
  return { code: code as number | null, stdout, stderr };
}
