/** Faults of the disk at a chosen system call, by strace: deterministic, one call after the other. */

import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export function assertStrace() {
  try {
    execFileSync('strace', ['-V'], { stdio: 'ignore' });
  } catch {
    throw new Error('this scenario needs strace: apt-get install strace');
  }
}

const replaced = [
  'batch.json',
  'summary.json',
  'results.csv',
  'errors.csv',
  'uncertain.csv',
  'interrupted.csv',
];
const names = [
  'results.jsonl',
  'results.digest',
  'intents.jsonl',
  'lock',
  ...replaced,
  ...replaced.map((name) => `${name}.new`),
];

/**
 * How the program is to be run so that one of its calls on the files of a batch goes wrong. Only one thread touches
 * files then, for strace counts the calls of each thread apart.
 * @param fault `call`, `how` (`error=EIO`, `signal=KILL`), `nth` from 1.
 */
export function faulty(place, { call, how, nth }) {
  const batch = join(place, 'batch');
  const paths = [batch, ...names.map((name) => join(batch, name))].flatMap((path) => ['-P', path]);
  const inject = ['-e', `trace=${call}`, '-e', `inject=${call}:${how}:when=${nth}`];
  // Faster; but this strace then lets a signal go by.
  const fast = how.startsWith('signal') ? [] : ['--seccomp-bpf'];
  return {
    before: ['strace', '-f', ...fast, '-o', join(place, 'trace'), ...paths, ...inject],
    env: { UV_THREADPOOL_SIZE: '1' },
  };
}

/** Did the last run come to the call that was to fail? */
export async function wasHit(place) {
  const trace = await readFile(join(place, 'trace'), 'utf8').catch(() => '');
  return /\(INJECTED\)|killed by SIGKILL/.test(trace);
}
