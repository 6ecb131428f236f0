/**
 * The benchmark: what the program costs, as ratios to yardsticks measured in the same run.
 *
 *   npm run bench -- --only stateless --rows 20000
 */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { assertBuilt, root } from './chaos/program.mjs';
import { machine, shownMachine } from './machine.mjs';
import { measurements } from './measurements/index.mjs';
import { pageOf } from './page.mjs';
import { startServer } from './processes.mjs';

const kept = join(root, 'bench/figures.json');
const page = join(root, 'docs/performance.md');
const sizes = [...new Set(measurements.flatMap(({ defaults }) => Object.keys(defaults)))];

const readArguments = () =>
  parseArgs({
    options: {
      only: { type: 'string', multiple: true },
      quick: { type: 'boolean', default: false },
      promptfoo: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
      ...Object.fromEntries(sizes.map((name) => [name, { type: 'string' }])),
    },
  }).values;

function help() {
  const lines = measurements.map(({ name, tells, defaults }) => {
    const given = Object.entries(defaults).map(([size, value]) => `--${size} ${value}`);
    return `  ${name.padEnd(12)}${tells}\n${' '.repeat(14)}${given.join(' ')}`;
  });
  return `Usage: npm run bench -- [--only name]... [--quick] [--write] [--promptfoo] [sizes]
  --only       one or more of those below; all by default
  --quick      small sizes, to see that it runs: no figures to tell anybody
  --write      keeps the figures in bench/figures.json and writes docs/performance.md
  --promptfoo  installs promptfoo into a temporary directory and measures it too

${lines.join('\n')}
`;
}

function chosen(names) {
  if (names === undefined) return measurements;
  return names.map((name) => {
    const found = measurements.find((each) => each.name === name);
    if (found === undefined) throw new Error(`--only: no ${name}; see --help`);
    return found;
  });
}

function givenSizes(values) {
  const given = sizes.filter((name) => values[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, wholeOf(name, values[name])]));
}

function wholeOf(name, text) {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`--${name}: expected a whole number from 1, got ${text}`);
  return Number(text);
}

/** Runs one in a directory of its own and prints its figures. */
async function measureOne({ name, defaults, quick, run }, { values, given, before }) {
  const place = await mkdtemp(join(tmpdir(), `bench-${name}-`));
  const servers = [];
  const serve = async (options) => {
    const server = await startServer(options);
    servers.push(server);
    return server;
  };
  try {
    const own = Object.fromEntries(Object.entries(given).filter(([size]) => size in defaults));
    const bench = { ...defaults, ...(values.quick && quick), ...own };
    const figures = await run({ ...bench, place, serve, promptfoo: values.promptfoo });
    for (const { what, asked, measured, holds, beside } of figures) {
      const mark = holds === null ? '    ' : holds ? 'ok  ' : 'MISS';
      process.stdout.write(`${mark} ${what}\n     ${measured} (${asked || 'told'}); ${beside}\n`);
    }
    const command = [
      'npm run bench -- --only',
      name,
      ...Object.entries(bench).flatMap(([size, value]) => [`--${size}`, value]),
    ];
    const isAsked = values.promptfoo && name === 'promptfoo';
    const day = new Date().toISOString().slice(0, 10);
    return {
      command: [...command, ...(isAsked ? ['--promptfoo'] : [])].join(' '),
      day,
      machine: before,
      smaller: smallerSizes(bench, defaults),
      figures,
    };
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    await rm(place, { recursive: true, force: true });
  }
}

/** What was measured with less than is asked: its figures are to be read so. */
const smallerSizes = (bench, defaults) =>
  Object.fromEntries(Object.entries(defaults).filter(([size, asked]) => bench[size] < asked));

async function main() {
  const values = readArguments();
  if (values.help) return process.stdout.write(help());
  if (values.write && values.quick) throw new Error('--write: small sizes give no figures to keep');
  const given = givenSizes(values);
  const wanted = chosen(values.only);
  assertBuilt();
  process.stdout.write(`${shownMachine(machine())}; load ${machine().load}\n`);
  for (const measurement of wanted) {
    process.stdout.write(`\n${measurement.name}: ${measurement.tells}\n`);
    const measured = await measureOne(measurement, { values, given, before: machine() });
    if (values.write) await keep(measurement.name, measured);
  }
}

/** At once, so that what comes after may fail. */
async function keep(name, measured) {
  const before = await readFile(kept, 'utf8').catch(() => '{}');
  const all = { ...JSON.parse(before), [name]: measured };
  await writeFile(kept, `${JSON.stringify(all, null, 2)}\n`);
  await writeFile(page, pageOf(measurements, all));
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 2;
}
