/** Servers in processes of their own. */

import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { endsWithUs } from './children.mjs';
import { cli } from './program.mjs';

/** The scripted server: answers at once or late, and counts what it executed for each example. */
export async function startScripted(options) {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'scripted-server.mjs'), JSON.stringify(options)],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  endsWithUs(child);
  const url = await firstMatch(child, /(http:\S+)/);
  const ask = async (path) => (await fetch(`${url}/chaos/${path}`)).json();
  return {
    url,
    /** `{ total, refused, examples: { id: times } }`; the examples are those asked under `/at/<place>`. */
    counts: async (at) => (await fetch(`${at === undefined ? url : `${url}/at/${at}`}/chaos/counts`)).json(),
    /** Resolves once it has executed so many. */
    reaches: (total) => ask(`reaches/${total}`),
    /** Lets a gated server answer. */
    open: () => ask('open'),
    total: async () => (await ask('total')).total,
    stop: () => ended(child, () => child.kill()),
  };
}

/** `threadmill serve` with the graphs of this bench; each execution leaves a line in the witness file. */
export async function startReal(place, { workers, witness }) {
  const log = openSync(join(place, 'server.log'), 'a');
  const graphs = join(import.meta.dirname, 'langgraph.json');
  const child = spawn(process.execPath, [cli, 'serve', graphs, '--port', '0', '--workers', String(workers)], {
    cwd: place,
    env: { ...process.env, CHAOS_WITNESS: witness },
    stdio: ['ignore', 'pipe', log],
  });
  closeSync(log);
  endsWithUs(child, 'SIGTERM');
  const url = await firstMatch(child, /Agent Server at (http:\S+)/);
  return { url, stop: () => ended(child, () => child.kill('SIGTERM')) };
}

async function firstMatch(child, pattern) {
  let said = '';
  const gone = new Promise((_, reject) => {
    child.on('error', reject);
    child.on('exit', (code) =>
      reject(new Error(`the server ended with ${code} before it was ready: ${said}`)),
    );
  });
  const ready = new Promise((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text) => {
      said += text;
      const found = pattern.exec(said);
      if (found !== null) resolve(found[1]);
    });
  });
  return Promise.race([ready, gone]);
}

function ended(child, stop) {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  const gone = new Promise((resolve) => child.once('exit', resolve));
  stop();
  return gone;
}
