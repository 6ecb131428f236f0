/** Measured processes, and the server they ask. */

import { spawn } from 'node:child_process';
import { closeSync, createReadStream, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { endsWithUs } from './chaos/children.mjs';
import { cli } from './chaos/program.mjs';

const usage = join(import.meta.dirname, 'usage.mjs');

/** Nothing of the tester's own settings reaches what is measured. */
const environment = {
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  TMPDIR: process.env.TMPDIR ?? '/tmp',
  NO_COLOR: '1',
};

/**
 * Runs a Node program to its end.
 * @param options `during(child)`: what is done meanwhile; `codes`: how it may end.
 * @returns Wall time from its start to its end, processor time, and the most memory it had.
 */
export async function measure(place, args, { during = () => {}, codes = [0] } = {}) {
  const path = join(place, 'log.txt');
  const log = openSync(path, 'w');
  const startedAt = Date.now();
  const from = performance.now();
  const child = endsWithUs(
    spawn(process.execPath, ['--import', usage, ...args], {
      cwd: place,
      env: environment,
      stdio: ['ignore', log, log, 'pipe'],
    }),
  );
  closeSync(log);
  let told = '';
  child.stdio[3].setEncoding('utf8').on('data', (text) => {
    told += text;
  });
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, wallMs: performance.now() - from }));
  });
  await during(child);
  const { code, wallMs } = await ended;
  if (!codes.includes(code)) {
    throw new Error(`${args.join(' ')}\nended with ${code}: ${(await readFile(path, 'utf8')).slice(-1000)}`);
  }
  return { startedAt, wallMs, ...JSON.parse(told) };
}

/** `threadmill run`, into the directory `out` of the place. */
export const measureRun = (place, { dataset, url, out, args, ...options }) =>
  measure(
    place,
    [cli, 'run', dataset, '--url', url, '--agent', 'bench', '--out', out, '--yes', '--quiet', ...args],
    options,
  );

/** One of the programs that it is compared with. */
export const measureYardstick = (place, name, options) =>
  measure(place, [join(import.meta.dirname, 'yardsticks', `${name}.mjs`), JSON.stringify(options)]);

/** The scripted server. @param options As `server.mjs` has them. */
export async function startServer(options) {
  const child = endsWithUs(
    spawn(process.execPath, [join(import.meta.dirname, 'server.mjs'), JSON.stringify(options)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  );
  const url = await new Promise((resolve, reject) => {
    child.stdout.once('data', (text) => resolve(String(text).trim()));
    child.once('exit', (code) => reject(new Error(`the server ended with ${code} before it was ready`)));
  });
  const ask = async (path) => (await fetch(`${url}/bench/${path}`)).json();
  return {
    url,
    figures: () => ask('figures'),
    /** The counts alone: to be asked for often, where figures would take the server's time. */
    requests: () => ask('requests'),
    reset: () => ask('reset'),
    stop: () => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      return gone;
    },
  };
}

/** @throws Unless a batch has a record for each row. */
export async function assertRecords(place, out, rows) {
  let lines = 0;
  for await (const chunk of createReadStream(join(place, out, 'results.jsonl'))) {
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines += 1;
  }
  const { counts } = JSON.parse(await readFile(join(place, out, 'summary.json'), 'utf8'));
  if (lines !== rows || counts.success !== rows)
    throw new Error(`${out}: expected ${rows} successes, saw ${lines} records, ${JSON.stringify(counts)}`);
}
