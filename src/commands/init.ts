/** `threadmill init`: asks where the agent is, writes `.env` and a first dataset, then checks. */

import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { resolveConfig } from '../config.ts';
import { ConfigError } from '../errors.ts';
import { check } from './check.ts';
import { readDotenv } from './environment.ts';
import type { Io } from './io.ts';
import { question } from './question.ts';

const firstDataset = `id,prompt
hello,Hello! What can you help me with?
limits,What can you not do?
`;

/** Gives the exit code. @throws ConfigError where no person is there to ask. */
export async function init(io: Io): Promise<number> {
  if (io.stdin.isTTY !== true) {
    throw new ConfigError(
      'init: asks its questions at a terminal; without one, write .env yourself (.env.example shows how)',
    );
  }
  const envPath = join(io.cwd, '.env');
  if (await exists(envPath)) {
    const answer = await question(io, '.env is there already. Write it anew? [y/N] ');
    if (!/^y(es)?$/i.test(answer.trim())) return 1;
  }
  const url = await asked(
    io,
    'URL of the deployment: ',
    (value) => URL.canParse(value),
    'expected a URL, as https://example.us.langgraph.app',
  );
  const agent = await asked(
    io,
    'Agent id (or graph name): ',
    (value) => value !== '',
    'expected the id that the deployment shows',
  );
  const key = (await question(io, 'API key (not shown; empty for none): ', true)).trim();
  await writeFile(envPath, envText(url, agent, key), { mode: 0o600 });
  io.stderr.write('Wrote .env (only you can read it).\n');
  await writeDataset(io);
  const config = resolveConfig('check', {
    flags: {},
    env: io.env,
    dotenv: await readDotenv(io.cwd),
    file: null,
  });
  const code = await check(config, { ...io, env: { ...(await readDotenv(io.cwd)), ...io.env } });
  if (code === 0) io.stderr.write('\nNext:\n  threadmill run datasets/first.csv\n');
  return code;
}

async function asked(
  io: Io,
  text: string,
  isGood: (value: string) => boolean,
  expected: string,
): Promise<string> {
  for (;;) {
    const value = (await question(io, text)).trim();
    if (isGood(value)) return value;
    io.stderr.write(`  ${expected}\n`);
  }
}

/** Quoted, so that a `#` in a value is no comment. */
const envText = (url: string, agent: string, key: string): string =>
  [
    `LANGGRAPH_API_URL=${JSON.stringify(url)}`,
    `LANGGRAPH_AGENT_ID=${JSON.stringify(agent)}`,
    ...(key === '' ? [] : [`LANGGRAPH_API_KEY=${JSON.stringify(key)}`]),
    '',
  ].join('\n');

async function writeDataset(io: Io): Promise<void> {
  const path = join(io.cwd, 'datasets', 'first.csv');
  if (await exists(path)) return;
  await mkdir(join(io.cwd, 'datasets'), { recursive: true });
  await writeFile(path, firstDataset);
  io.stderr.write('Wrote datasets/first.csv.\n\n');
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
