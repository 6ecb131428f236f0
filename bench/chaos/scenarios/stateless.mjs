/** Kills at random times against a scripted server that counts: at-least-once and at-most-once, without threads. */

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkBatch } from '../checker.mjs';
import { writeRows } from '../dataset.mjs';
import { killUntilFinished } from '../program.mjs';
import { startScripted } from '../servers.mjs';

const defaults = { rows: 10_000, kills: 100, concurrency: 10 };

export const atLeastOnce = {
  name: 'at-least-once',
  tells:
    'stateless rows, kill -9 at random times: 0 lost, 0 recorded twice, repeated <= concurrency per kill',
  defaults,
  run: (bench) => killed(bench, 'at-least-once'),
};

export const atMostOnce = {
  name: 'at-most-once',
  tells: 'the same under at-most-once: 0 sent twice, uncertain <= concurrency per kill, all in uncertain.csv',
  defaults,
  run: (bench) => killed(bench, 'at-most-once'),
};

async function killed({ place, chance, seed, rows, kills, concurrency }, delivery) {
  const asked = await writeRows(join(place, 'data.csv'), rows, (question) => `answer to ${question}`);
  const server = await startScripted({ seed });
  try {
    const moment = momentOf(server, chance, Math.max(1, Math.floor((rows / kills) * 1.2) - 2 * concurrency));
    const args = ['run', 'data.csv', '--url', server.url, '--agent', 'scripted', '--out', 'batch'];
    args.push('--mode', 'stateless', '--delivery', delivery, '-c', String(concurrency), '--progress', 'none');
    const end = await killUntilFinished(place, args, { kills, moment });
    const counts = await server.counts();
    const { faults, figures } = await checkBatch(join(place, 'batch'), asked);
    judge({ delivery, end, counts, faults, figures, concurrency, rows });
    const repeated = Object.values(counts.examples).filter((times) => times > 1).length;
    return {
      faults,
      figures: { ...figures, kills: end.killed, executions: counts.total, repeated, exit: end.code },
    };
  } finally {
    await server.stop();
  }
}

/** Most lives end in mid-work, after so many executions and a moment; some while they start, or read the journal. */
function momentOf(server, chance, mostRows) {
  return async () => {
    if (chance.happens(0.15)) return sleep(chance.between(20, 450));
    await server.reaches((await server.total()) + chance.whole(1, mostRows));
    return sleep(chance.between(0, 15));
  };
}

function judge({ delivery, end, counts, faults, figures, concurrency, rows }) {
  faults.push(...end.faults);
  const most = concurrency * end.killed;
  const unasked = rows - Object.keys(counts.examples).length;
  const more = counts.total - Object.keys(counts.examples).length;
  if (delivery === 'at-least-once') {
    if (end.code !== 0) faults.push(`exit ${end.code}`);
    if (unasked > 0) faults.push(`${unasked} never executed`);
    if (more > most) faults.push(`${more} repeated, more than ${most}`);
    if (figures.right !== rows) faults.push(`${figures.right} right answers of ${rows}`);
  } else {
    if (end.code !== (figures.uncertain > 0 ? 1 : 0)) faults.push(`exit ${end.code}`);
    if (more > 0) faults.push(`${more} sent twice`);
    if (figures.uncertain > most) faults.push(`${figures.uncertain} uncertain, more than ${most}`);
    if (figures.right + figures.uncertain !== rows) faults.push('some are neither right nor uncertain');
    if (unasked > figures.uncertain) faults.push(`${unasked} never executed`);
  }
}
