/** A file system that is really full: a small tmpfs, at several sizes, which then grows. */

import { execFileSync } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkBatch } from '../checker.mjs';
import { writeRows } from '../dataset.mjs';
import { runProgram } from '../program.mjs';
import { startScripted } from '../servers.mjs';

/** From no room for the lock to room for all but the last files. */
const sizesKb = [4, 8, 12, 16, 20, 32, 64, 128, 256, 320, 360, 400];

export const fullDisk = {
  name: 'full-disk',
  tells:
    'on a tmpfs of some KB, which grows once it was full (mounts, so as root alone): exit 3, 0 lost, 0 twice',
  defaults: { rows: 300, concurrency: 10 },
  run,
};

async function run({ place, seed, rows, concurrency }) {
  const server = await startScripted({ seed, leastMs: 1, mostMs: 10 });
  const faults = [];
  const figures = { sizes: sizesKb.length, stopped: 0, uncertain: 0 };
  try {
    for (const kb of sizesKb) {
      const found = await atSize({ place, server, rows, concurrency, kb });
      faults.push(...found.faults.map((fault) => `${kb} KB: ${fault}`));
      figures.stopped += found.code === 3 ? 1 : 0;
      figures.uncertain += found.uncertain;
    }
    return { faults, figures };
  } finally {
    await server.stop();
  }
}

async function atSize({ place: all, server, rows, concurrency, kb }) {
  const place = join(all, String(kb));
  const disk = join(place, 'disk');
  await mkdir(disk, { recursive: true });
  const asked = await writeRows(join(place, 'data.csv'), rows, (question) => `answer to ${question}`);
  mount('-t', 'tmpfs', '-o', `size=${kb}k`, 'tmpfs', disk);
  try {
    const args = ['run', 'data.csv', '--url', `${server.url}/at/${kb}`, '--agent', 'scripted'];
    args.push('--out', 'disk/batch', '--mode', 'stateless', '-c', String(concurrency), '--progress', 'none');
    const { code } = await runProgram(place, args);
    const said = await readFile(join(place, 'program.log'), 'utf8');
    const faults = [];
    if (code !== 3 && code !== 0) faults.push(`ended with ${code}: ${said.slice(-300)}`);
    if (code === 3 && !said.includes('ENOSPC')) faults.push(`exit 3 without the reason: ${said.slice(-300)}`);
    mount('-o', 'remount,size=16m', disk);
    const again = await runProgram(place, args);
    const found = await checkBatch(join(disk, 'batch'), asked);
    const { uncertain, right } = found.figures;
    const { examples } = await server.counts(String(kb));
    const twice = Object.values(examples).filter((times) => times > 1).length;
    faults.push(...found.faults);
    if (twice > 0) faults.push(`${twice} executed twice`);
    if (uncertain > concurrency) faults.push(`${uncertain} uncertain`);
    if (right + uncertain !== rows) faults.push('some neither right nor uncertain');
    if (again.code !== (uncertain > 0 ? 1 : 0)) faults.push(`the next start ended with ${again.code}`);
    return { faults, code, uncertain };
  } finally {
    execFileSync('umount', [disk]);
  }
}

function mount(...args) {
  try {
    execFileSync('mount', args, { stdio: 'pipe' });
  } catch (error) {
    throw new Error(`cannot mount a tmpfs here: ${String(error.stderr).trim()}`);
  }
}
