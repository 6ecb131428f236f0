/**
 * The fault bench: breaks the program in every way it can think of, and checks what is left by its own means.
 *
 *   node bench/chaos/run.mjs --scenario exactly-once --seed 7
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chanceOf } from './chance.mjs';
import { assertBuilt } from './program.mjs';
import { scenarios } from './scenarios/index.mjs';

const sizes = [...new Set(scenarios.flatMap(({ defaults }) => Object.keys(defaults)))];

const readArguments = () =>
  parseArgs({
    options: {
      scenario: { type: 'string', multiple: true },
      seed: { type: 'string', default: '1' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
      ...Object.fromEntries(sizes.map((name) => [name, { type: 'string' }])),
    },
  }).values;

function help() {
  const lines = scenarios.map(({ name, tells, defaults }) => {
    const given = Object.entries(defaults).map(([size, value]) => `--${size} ${value}`);
    return `  ${name.padEnd(20)}${tells}\n${' '.repeat(22)}${given.join(' ')}`;
  });
  return `Usage: node bench/chaos/run.mjs [--scenario name]... [--seed n] [--keep] [sizes]
  --scenario  one or more of those below; all by default
  --seed      decides every kill and fault [1]
  --keep      leave the directories; they are left anyway where something failed

${lines.join('\n')}
`;
}

function chosen(names) {
  if (names === undefined) return scenarios;
  return names.map((name) => {
    const found = scenarios.find((each) => each.name === name);
    if (found === undefined) throw new Error(`--scenario: no ${name}; see --help`);
    return found;
  });
}

function wholeOf(name, text) {
  if (!/^\d+$/.test(text)) throw new Error(`--${name}: expected a whole number, got ${text}`);
  return Number(text);
}

/** Runs one scenario in a directory of its own, prints its line, and says whether all was right. */
async function runScenario(scenario, { seed, keep, given }) {
  const place = await mkdtemp(join(tmpdir(), `chaos-${scenario.name}-`));
  const from = performance.now();
  const bench = { ...scenario.defaults, ...given, seed, chance: chanceOf(seed), place };
  let faults = [];
  let figures = {};
  try {
    ({ faults, figures } = await scenario.run(bench));
  } catch (error) {
    faults = [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  }
  const told = Object.entries({ seed, ...figures }).map(([name, value]) => `${name} ${value}`);
  const seconds = ((performance.now() - from) / 1000).toFixed(1);
  process.stdout.write(
    `${faults.length === 0 ? 'PASS' : 'FAIL'} ${scenario.name}: ${told.join(', ')}, ${seconds} s\n`,
  );
  for (const fault of faults.slice(0, 20)) process.stdout.write(`     ${fault}\n`);
  if (faults.length === 0 && !keep) await rm(place, { recursive: true, force: true });
  else process.stdout.write(`     left in ${place}\n`);
  return faults.length === 0;
}

async function main() {
  const values = readArguments();
  if (values.help) return process.stdout.write(help());
  const wanted = sizes.filter((name) => values[name] !== undefined);
  const given = Object.fromEntries(wanted.map((name) => [name, wholeOf(name, values[name])]));
  const seed = wholeOf('seed', values.seed);
  const scenariosToRun = chosen(values.scenario);
  assertBuilt();
  for (const scenario of scenariosToRun) {
    if (!(await runScenario(scenario, { seed, keep: values.keep, given }))) process.exitCode = 1;
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 2;
}
