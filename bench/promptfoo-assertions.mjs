/**
 * What promptfoo itself says of the assertions and answers in test/scorers/promptfoo-assertions.json: installs it (and a
 * Node that it accepts) into a temporary directory, asks it, and tells where it says otherwise than the file.
 *
 *   node bench/promptfoo-assertions.mjs [--write]
 */

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const version = '0.123.1';
const told = new URL('../test/scorers/promptfoo-assertions.json', import.meta.url);
const run = promisify(execFile);
const home = await mkdtemp(join(tmpdir(), 'promptfoo-'));

try {
  const known = JSON.parse(await readFile(told, 'utf8'));
  const passes = await asked(known);
  const now = known.assertions.map(({ assertion }, at) => ({ assertion, passes: passes[at] }));
  const differing = now.filter((one, at) => one.passes !== known.assertions[at].passes);
  for (const { assertion, passes: is } of differing) process.stdout.write(`${`${assertion}: ${is}`}\n`);
  process.stdout.write(`${`${differing.length} of ${now.length} assertions differ from the file`}\n`);
  if (process.argv.includes('--write'))
    await writeFile(told, `${JSON.stringify({ ...known, promptfoo: version, assertions: now }, null, 2)}\n`);
  process.exitCode = differing.length === 0 ? 0 : 1;
} finally {
  await rm(home, { recursive: true, force: true });
}

/** A text of 0 and 1 for each assertion: which answers pass. */
async function asked({ assertions, answers }) {
  await writeFile(join(home, 'package.json'), '{"private":true}');
  process.stderr.write(`Installing promptfoo ${version} into ${home}\n`);
  await run('npm', ['install', '--no-audit', '--no-fund', `promptfoo@${version}`, 'node@22'], { cwd: home });
  const rows = assertions.flatMap(({ assertion }, at) =>
    answers.map((answer, place) => [`${at}-${place}`, answer, assertion]),
  );
  const lines = [['n', '__providerOutput', '__expected'], ...rows].map((cells) =>
    cells.map(quoted).join(','),
  );
  await writeFile(join(home, 'tests.csv'), `${lines.join('\n')}\n`);
  const config = { prompts: ['{{n}}'], providers: ['echo'], tests: 'file://tests.csv' };
  await writeFile(join(home, 'config.json'), JSON.stringify(config));
  const main = join(home, 'node_modules/promptfoo/dist/src/main.js');
  const options = ['-c', 'config.json', '--no-cache', '--no-table', '--no-progress-bar', '-o', 'out.jsonl'];
  const env = {
    ...process.env,
    PROMPTFOO_DISABLE_TELEMETRY: '1',
    PROMPTFOO_DISABLE_UPDATE: '1',
    PROMPTFOO_CONFIG_DIR: home,
  };
  // It ends with another code than 0 where a row fails, as most do here.
  await run(join(home, 'node_modules/node/bin/node'), [main, 'eval', ...options], { cwd: home, env }).catch(
    () => {},
  );
  const results = (await readFile(join(home, 'out.jsonl'), 'utf8')).trimEnd().split('\n');
  const passing = new Map(
    results.map((line) => JSON.parse(line)).map((one) => [one.testCase.vars.n, one.success]),
  );
  if (passing.size !== rows.length) throw new Error(`Expected ${rows.length} results, saw ${passing.size}`);
  return assertions.map((_, at) =>
    answers.map((__, place) => Number(passing.get(`${at}-${place}`))).join(''),
  );
}

const quoted = (text) => `"${text.replaceAll('"', '""')}"`;
