/** Many starts at once on one directory: exactly one works, also when the one before was killed. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkBatch } from '../checker.mjs';
import { writeRows } from '../dataset.mjs';
import { startProgram } from '../program.mjs';
import { startScripted } from '../servers.mjs';

export const manyStarts = {
  name: 'many-starts',
  tells:
    'starts at once on one new directory, and again after a kill: exactly 1 works, the others exit 3 and name it',
  defaults: { rows: 200, starts: 50 },
  run,
};

async function run({ place, seed, rows, starts }) {
  const asked = await writeRows(join(place, 'data.csv'), rows, (question) => `answer to ${question}`);
  // Answers nobody until it is opened: so the one that works is still there when the last one comes.
  const server = await startScripted({ seed, isGated: true });
  const args = ['run', 'data.csv', '--url', server.url, '--agent', 'scripted', '--out', 'batch'];
  args.push('--mode', 'stateless', '--delivery', 'at-least-once', '--progress', 'none');
  const faults = [];
  try {
    const first = await oneOf(place, args, starts, 'new');
    faults.push(...first.faults);
    first.winner?.kill();
    await first.winner?.ended;
    const second = await oneOf(place, args, starts, 'killed');
    faults.push(...second.faults);
    await server.open();
    const end = await second.winner?.ended;
    if (end?.code !== 0) faults.push(`the one that works ended with ${end?.code}`);
    const { total } = await server.counts();
    const { faults: found, figures } = await checkBatch(join(place, 'batch'), asked);
    faults.push(...found);
    // Two lives of one program: what the first had in flight, 10 rows, may have been asked by both.
    if (total > rows + 10) faults.push(`${total} executions for ${rows} rows`);
    const refused = [first.refused, second.refused].join(' and ');
    return { faults, figures: { ...figures, starts, refused, executions: total } };
  } finally {
    await server.stop();
  }
}

/** Starts them all, and waits until all but one have ended. */
async function oneOf(place, args, starts, name) {
  const programs = Array.from({ length: starts }, (_, at) => {
    const log = `${name}-${at}.log`;
    const program = { ...startProgram(place, args, { log }), log: join(place, log), end: null };
    void program.ended.then((end) => {
      program.end = end;
    });
    return program;
  });
  while (programs.filter(({ end }) => end === null).length > 1) {
    const waiting = programs.filter(({ end }) => end === null);
    await Promise.race(waiting.map(({ ended }) => ended));
  }
  const winner = programs.find(({ end }) => end === null);
  const faults = [];
  if (winner === undefined) faults.push(`${name}: nobody works`);
  let refused = 0;
  for (const program of programs) {
    if (program === winner) continue;
    const said = await readFile(program.log, 'utf8');
    const isNamed = said.includes(`process ${winner?.child.pid} on `);
    if (program.end.code === 3 && isNamed) refused += 1;
    else faults.push(`${name}: ended with ${program.end.code} and said: ${said.trim().slice(0, 200)}`);
  }
  return { winner, faults, refused };
}
