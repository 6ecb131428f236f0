/** The journal is cut at every byte of its end, or a bit of a byte is flipped: never a wrong record. */

import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkBatch } from '../checker.mjs';
import { writeRows } from '../dataset.mjs';
import { commandInProcess } from '../in-process.mjs';
import { runProgram } from '../program.mjs';
import { startScripted } from '../servers.mjs';

export const journal = {
  name: 'journal',
  tells:
    'results.jsonl cut at each of its last bytes; a bit of each byte of two records flipped: goes on, or names the line',
  defaults: { rows: 12, bytes: 4_096, commands: 10 },
  run,
};

async function run({ place, seed, chance, rows, bytes, commands }) {
  const asked = await writeRows(join(place, 'data.csv'), rows, (question) => `answer to ${question}`);
  const server = await startScripted({ seed, leastMs: 0, mostMs: 1 });
  const flags = { url: server.url, agent: 'scripted', out: 'batch', mode: 'stateless', quiet: true };
  flags.delivery = 'at-least-once';
  const args = Object.entries(flags).flatMap(([name, value]) =>
    value === true ? [`--${name}`] : [`--${name}`, value],
  );
  try {
    const { code } = await runProgram(place, ['run', 'data.csv', ...args]);
    if (code !== 0) throw new Error(`the batch to be damaged ended with ${code}`);
    await cp(join(place, 'batch'), join(place, 'whole'), { recursive: true });
    const inProcess = await commandInProcess(place);
    const bed = {
      place,
      asked,
      server,
      whole: await readFile(join(place, 'whole/results.jsonl')),
      command: () => inProcess('data.csv', flags),
      program: async () => {
        await rm(join(place, 'program.log'), { force: true });
        const { code: ended } = await runProgram(place, ['run', 'data.csv', ...args]);
        return { code: ended, said: await readFile(join(place, 'program.log'), 'utf8') };
      },
    };
    const cuts = await cutAll(bed, bytes);
    const flips = await flipAll(bed, chance);
    const byProgram = await someByProgram(bed, { chance, commands, bytes });
    const faults = [...cuts.faults, ...flips.faults, ...byProgram];
    return {
      faults,
      figures: { cuts: cuts.count, flips: flips.count, refused: flips.refused, commands: commands * 2 },
    };
  } finally {
    await server.stop();
  }
}

/** Puts the finished batch back, but with this journal. */
async function damage({ place }, journalBytes) {
  await rm(join(place, 'batch'), { recursive: true });
  await cp(join(place, 'whole'), join(place, 'batch'), { recursive: true });
  await writeFile(join(place, 'batch/results.jsonl'), journalBytes);
}

async function cutAll(bed, bytes) {
  const faults = [];
  const from = Math.max(0, bed.whole.length - bytes);
  for (let length = from; length < bed.whole.length; length += 1)
    faults.push(...(await cutAt(bed, length, bed.command)));
  return { faults, count: bed.whole.length - from };
}

/** Goes on, asks what has no whole line and nothing else, and all is right. */
async function cutAt(bed, length, start) {
  const cut = bed.whole.subarray(0, length);
  await damage(bed, cut);
  const before = await bed.server.total();
  const { code, said } = await start();
  const executed = (await bed.server.total()) - before;
  const missing = bed.asked.length - linesIn(cut);
  const { faults } = await checkBatch(join(bed.place, 'batch'), bed.asked);
  if (code !== 0) faults.push(`ended with ${code}: ${said.slice(0, 200)}`);
  if (executed !== missing) faults.push(`${executed} asked again, not ${missing}`);
  return faults.map((fault) => `cut at ${length}: ${fault}`);
}

const linesIn = (bytes) => bytes.reduce((sum, byte) => sum + (byte === 10 ? 1 : 0), 0);

/** A bit of each byte of a record in the middle, and of the last one. */
async function flipAll(bed, chance) {
  const faults = [];
  let count = 0;
  let refused = 0;
  for (const number of [Math.ceil(bed.asked.length / 2), bed.asked.length]) {
    const { from, to } = lineOf(bed.whole, number);
    for (let at = from; at < to; at += 1) {
      count += 1;
      const found = await flipAt(bed, { at, bit: chance.whole(0, 7), number }, bed.command);
      faults.push(...found.faults);
      refused += found.isRefused ? 1 : 0;
    }
  }
  return { faults, count, refused };
}

/** Refused with the line's number, and nothing is touched; but the last line without its end is a cut one. */
async function flipAt(bed, { at, bit, number }, start) {
  const flipped = Buffer.from(bed.whole);
  flipped[at] ^= 1 << bit;
  if (at === bed.whole.length - 1) {
    const faults = await cutAt({ ...bed, whole: flipped }, flipped.length, start);
    return { faults, isRefused: false };
  }
  await writeFile(join(bed.place, 'batch/results.jsonl'), flipped);
  const before = await bed.server.total();
  const { code, said } = await start();
  const faults = [];
  if (code !== 4) faults.push(`ended with ${code}: ${said.slice(0, 200)}`);
  if (!said.includes(`results.jsonl:${number}:`))
    faults.push(`did not name line ${number}: ${said.slice(0, 200)}`);
  if ((await bed.server.total()) !== before) faults.push('asked something');
  if (!flipped.equals(await readFile(join(bed.place, 'batch/results.jsonl'))))
    faults.push('wrote to the journal');
  return {
    faults: faults.map((fault) => `bit ${bit} of byte ${at}: ${fault}`),
    isRefused: faults.length === 0,
  };
}

function lineOf(bytes, number) {
  let from = 0;
  for (let line = 1; line < number; line += 1) from = bytes.indexOf(10, from) + 1;
  return { from, to: bytes.indexOf(10, from) + 1 };
}

/** The same in a process of its own, a few times. */
async function someByProgram(bed, { chance, commands, bytes }) {
  const faults = [];
  const from = Math.max(0, bed.whole.length - bytes);
  for (let time = 0; time < commands; time += 1) {
    faults.push(...(await cutAt(bed, chance.whole(from, bed.whole.length - 1), bed.program)));
    const number = chance.whole(1, bed.asked.length);
    const line = lineOf(bed.whole, number);
    const at = chance.whole(line.from, line.to - 2);
    const flip = { at, bit: chance.whole(0, 7), number };
    faults.push(...(await flipAt(bed, flip, bed.program)).faults);
  }
  return faults;
}
