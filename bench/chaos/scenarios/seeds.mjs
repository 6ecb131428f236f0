/** The scenarios with chance in them, small, at many seeds. */

import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { chanceOf } from '../chance.mjs';
import { conversations } from './conversations.mjs';
import { exactlyOnce } from './exactly-once.mjs';
import { atLeastOnce, atMostOnce } from './stateless.mjs';

const small = [
  [atLeastOnce, { rows: 300, kills: 4, concurrency: 12 }],
  [atMostOnce, { rows: 300, kills: 4, concurrency: 12 }],
  [exactlyOnce, { rows: 60, kills: 3, concurrency: 10, cut: 30 }],
  [conversations, { conversations: 6, turns: 3, kills: 3, concurrency: 6, cut: 0 }],
];

export const seeds = {
  name: 'seeds',
  tells:
    'the four with kills at small size, at so many seeds from --seed on: 0 lost, 0 twice, counts add up in each',
  defaults: { seeds: 20 },
  run,
};

async function run({ place, seed: first, seeds: count }) {
  const faults = [];
  const figures = { batches: 0, records: 0, lost: 0, twice: 0, kills: 0 };
  for (let seed = first; seed < first + count; seed += 1) {
    for (const [scenario, sizes] of small) {
      const name = `${scenario.name}-${seed}`;
      const own = join(place, name);
      await mkdir(own);
      const found = await scenario
        .run({ ...sizes, seed, chance: chanceOf(seed), place: own })
        .catch((error) => ({ faults: [error.stack], figures: {} }));
      faults.push(...found.faults.map((fault) => `${name}: ${fault}`));
      figures.batches += 1;
      for (const figure of ['records', 'lost', 'twice', 'kills'])
        figures[figure] += found.figures[figure] ?? 0;
      if (found.faults.length === 0) await rm(own, { recursive: true });
    }
  }
  return { faults, figures };
}
