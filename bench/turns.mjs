/** Measuring in turns, A B A B: what slows the machine down for a while slows all alike. */

import { median } from './middle.mjs';

/**
 * @param contenders Functions by name; each gives figures by name.
 * @returns The median of each figure of each contender.
 */
export async function inTurns(rounds, contenders) {
  const measured = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, contender] of Object.entries(contenders)) measured[name].push(await contender(round));
  }
  return Object.fromEntries(Object.entries(measured).map(([name, all]) => [name, medians(all)]));
}

const medians = (all) =>
  Object.fromEntries(Object.keys(all[0]).map((figure) => [figure, median(all.map((one) => one[figure]))]));
