/** The program, built, in a process of its own. */

import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { endsWithUs } from './children.mjs';

export const root = join(import.meta.dirname, '../..');
export const cli = join(root, 'dist/cli.js');

export function assertBuilt() {
  if (!existsSync(cli)) throw new Error('dist/cli.js is not there: run `npm run build` first');
}

/** Nothing of the tester's own environment reaches the program. */
const environment = {
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  TMPDIR: process.env.TMPDIR ?? '/tmp',
  NO_COLOR: '1',
};

/**
 * Starts `threadmill` in a directory; what it prints goes to `program.log` there.
 * @param options `before`: what it is run by, such as `strace …`; `env`: more variables; `log`: another file's name.
 */
export function startProgram(place, args, { before = [], env = {}, log: name = 'program.log' } = {}) {
  const log = openSync(join(place, name), 'a');
  const [command, ...rest] = [...before, process.execPath, cli, ...args];
  const child = spawn(command, rest, {
    cwd: place,
    env: { ...environment, ...env },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  endsWithUs(child);
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve({ code, signal }));
  });
  return { child, ended, kill: () => child.kill('SIGKILL') };
}

export const runProgram = (place, args, options) => startProgram(place, args, options).ended;

/**
 * Kills the program again and again, and lets it go on with the same command until it ends by itself.
 * @param moment Resolves when the life that begins now is to be killed.
 * @returns How it ended, how often it was killed, and as `faults` whether that was too seldom to prove anything: on a
 *   busy machine a small batch may be finished before its last kill comes.
 */
export async function killUntilFinished(place, args, { kills, moment, options = () => ({}) }) {
  let killed = 0;
  let starts = 0;
  for (;;) {
    starts += 1;
    if (starts > kills + 50) throw new Error(`not finished after ${starts} starts`);
    const program = startProgram(place, args, options());
    const isLast = killed >= kills;
    const death = isLast ? new Promise(() => {}) : moment().then(() => null);
    const end = await Promise.race([program.ended, death]);
    if (end === null) program.kill();
    const { code, signal } = await program.ended;
    if (signal === 'SIGKILL') killed += 1;
    else if (code !== 3 || isLast) {
      const faults = killed < kills / 2 ? [`only ${killed} of ${kills} kills`] : [];
      return { code, signal, killed, starts, faults };
    }
  }
}
