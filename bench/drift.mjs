/**
 * Simulates what docs/design/drift.md promises and prints the tables. Seeded: the same figures each time.
 *
 *   npm run build && node bench/drift.mjs [part…] [--quick]
 */

import { seededRandom } from '../dist/random.js';
import { evidenceIn, isAtRest, watchDrift } from '../dist/stats/drift.js';

const isQuick = process.argv.includes('--quick');
let random = seededRandom(0);

const print = (line = '') => process.stdout.write(`${line}\n`);
const row = (cells) => print(`| ${cells.join(' | ')} |`);
const heading = (title, cells) => {
  print(`\n${title}\n`);
  row(cells);
  row(cells.map(() => '---'));
};
const share = (count, of) => (count / of).toFixed(3);
const times = (n, make) => Array.from({ length: n }, (_, at) => make(at));

const [examples, repeat, mean] = [50, 3, 0.85];

/** An example's true chance: Beta(2p, 2(1 − p)), so that trials of one example correlate by a third (Jöhnk 1964). */
function chanceAround(p) {
  for (;;) {
    const one = random() ** (1 / (2 * p));
    const other = random() ** (1 / (2 * (1 - p)));
    if (one + other <= 1 && one + other > 0) return one / (one + other);
  }
}

const binary = (chance) => (random() < chance ? 1 : 0);
/** Any number within 0..1 with this mean, in tenths: partial credit. */
const tenths = (chance) => times(10, () => binary(chance)).reduce((sum, score) => sum + score, 0) / 10;

/** What one night shows. @param loss Of the mean, spread over this share of the examples. */
const night = (chances, score, { loss = 0, hit = 1, failing = 0 }) =>
  chances.map((chance, at) => {
    const isHit = at < hit * examples;
    const left = isHit ? Math.max(0, 1 - loss / hit / mean) : 1;
    const ran = times(repeat, () => (random() < failing ? 0 : 1));
    return { ran, scores: ran.filter((one) => one === 1).map(() => score(chance * left)) };
  });

const pooled = (nights, at, of) => nights.flatMap((one) => one[at][of]);

function evidenceOf(good, now, { scorer, of, draws }) {
  const pairs = now.map((one, at) => ({ baseline: pooled(good, at, of), candidate: one[of] }));
  return evidenceIn(scorer, pairs, { draws, seed: 1 });
}

/**
 * Nights from the first on, each beside the last good ones before it.
 * @param ill What is wrong at which night.
 * @returns At which night the state changed, in turns: regressed, recovered, regressed…
 */
function changesOf({
  last,
  nights,
  score = binary,
  maxDrop = 0.02,
  scorers = 1,
  draws = 10_000,
  ill = () => ({}),
}) {
  const chances = times(scorers, () => times(examples, () => chanceAround(mean)));
  const good = [];
  const changes = [];
  let watched = [];
  let wasRegressed = false;
  for (let at = 0; at < nights; at += 1) {
    const now = chances.map((of) => night(of, score, ill(at)));
    if (good.length > 0) {
      const before = (scorer) => good.map((one) => one[scorer]);
      const evidence = now.map((one, scorer) =>
        evidenceOf(before(scorer), one, { scorer: `s${scorer}`, of: 'scores', draws }),
      );
      const ran = evidenceOf(before(0), now[0], { scorer: null, of: 'ran', draws });
      watched = watchDrift(watched, [...evidence, ran], maxDrop);
    }
    const isRegressed = watched.some(({ state }) => state === 'regressed');
    if (isRegressed !== wasRegressed) changes.push(at);
    wasRegressed = isRegressed;
    if (isRegressed || !isAtRest(watched)) continue;
    good.push(now);
    if (good.length > last) good.shift();
  }
  return changes;
}

const baselines = [
  ['previous', 1],
  ['rolling(7)', 7],
  ['rolling(30)', 30],
];

function headingOfYears() {
  heading('365 nights without a change', [
    'baseline',
    'scores',
    'scorers',
    'max drop',
    'years',
    'false alarms a year',
    'years above 2',
  ]);
}

function rowOfYears(name, what, { years, scorers = 1, maxDrop, ...rest }) {
  const alarms = times(years, () =>
    Math.ceil(changesOf({ nights: 365, scorers, maxDrop, ...rest }).length / 2),
  );
  const all = alarms.reduce((sum, count) => sum + count, 0);
  const above = share(alarms.filter((count) => count > 2).length, years);
  row([name, what, scorers, maxDrop, years, (all / years).toFixed(2), above]);
}

function noChange() {
  headingOfYears();
  const years = isQuick ? 20 : 100;
  for (const [name, last] of baselines)
    for (const maxDrop of [0.02, 0]) rowOfYears(name, '0 or 1', { last, years, maxDrop });
  for (const maxDrop of [0.02, 0])
    rowOfYears('rolling(7)', '0 or 1', { last: 7, years: years / 4, maxDrop, scorers: 4 });
}

/** By a tenth of the draws, which take most of the time. */
function noChangeInTenths() {
  headingOfYears();
  const years = isQuick ? 5 : 40;
  for (const [name, last] of baselines.slice(0, 2))
    for (const maxDrop of [0.02, 0])
      rowOfYears(name, 'tenths', { last, years, maxDrop, score: tenths, draws: 1_000 });
}

/** Nights before something goes wrong. */
const calm = 30;

/** How many nights from the change to the alarm, null where it came in none of them; alarms before do not count. */
function toldAfter(wish, nights) {
  for (;;) {
    const changes = changesOf({ ...wish, nights: calm + nights });
    if (changes.filter((at) => at < calm).length % 2 === 1) continue; // still false from before
    const first = changes.find((at) => at >= calm);
    return first === undefined ? null : first - calm + 1;
  }
}

function told() {
  const sims = isQuick ? 50 : 200;
  heading(`A change after ${calm} good nights, ${sims} times (tenths: a fifth of that)`, [
    'what',
    'baseline',
    'scores',
    'told the first night',
    'within 2',
    'within 3',
    'within 7',
  ]);
  const changes = [
    ['15 points', { loss: 0.15 }],
    ['10 points', { loss: 0.1 }],
    ['5 points', { loss: 0.05 }],
    ['a fifth of the examples at .3 of their chance: 12 points', { loss: 0.119, hit: 0.2 }],
    ['a fifth of the examples lost: 17 points', { loss: 0.17, hit: 0.2 }],
    ['10 % fail to run', { failing: 0.1 }],
    ['5 % fail to run', { failing: 0.05 }],
  ];
  for (const [what, is] of changes)
    for (const [name, last] of baselines)
      for (const [scores, score] of [
        ['0 or 1', binary],
        ['tenths', tenths],
      ]) {
        if (score === tenths && (last === 30 || is.failing !== undefined)) continue;
        const count = score === tenths ? sims / 5 : sims;
        const ill = (at) => (at >= calm ? is : {});
        const nights = times(count, () => toldAfter({ last, score, ill }, 7));
        const within = (most) => nights.filter((after) => after !== null && after <= most).length;
        row([what, name, scores, ...[1, 2, 3, 7].map((most) => share(within(most), count))]);
      }
}

function slow() {
  const sims = isQuick ? 30 : 200;
  heading(`One point worse each night, ${sims} times`, ['baseline', 'told within 30 nights', 'median night']);
  for (const [name, last] of baselines) {
    const ill = (at) => ({ loss: Math.max(0, at - calm + 1) / 100 });
    const nights = times(sims, () => toldAfter({ last, ill }, 30)).filter((after) => after !== null);
    nights.sort((one, other) => one - other);
    row([name, share(nights.length, sims), nights[Math.floor(nights.length / 2)] ?? '–']);
  }
}

function recovery() {
  const sims = isQuick ? 30 : 200;
  const bad = 10;
  heading(`Good again after ${bad} nights, ${sims} times`, [
    'what',
    'baseline',
    'recovered on the first good night',
    'within 2',
    'within 3',
    'within 7',
    'said so while it was bad',
  ]);
  for (const [what, is] of [
    ['15 points', { loss: 0.15 }],
    ['7 points', { loss: 0.07 }],
    ['10 % fail to run', { failing: 0.1 }],
  ])
    for (const [name, last] of baselines) {
      const ill = (at) => (at >= calm && at < calm + bad ? is : {});
      let [told, early] = [0, 0];
      const after = [];
      for (let sim = 0; sim < sims; sim += 1) {
        const changes = changesOf({ last, ill, nights: calm + bad + 7 });
        const isBad = (until) => changes.filter((at) => at < until).length % 2 === 1;
        if (isBad(calm) || !isBad(calm + bad)) continue;
        told += 1;
        if (changes.filter((at) => at >= calm && at < calm + bad).length > 1) early += 1;
        const first = changes.find((at) => at >= calm + bad);
        if (first !== undefined) after.push(first - calm - bad + 1);
      }
      const within = (most) => after.filter((nights) => nights <= most).length;
      row([
        `${what} (told ${told})`,
        name,
        ...[1, 2, 3, 7].map((most) => share(within(most), told)),
        share(early, told),
      ]);
    }
}

const parts = { noChange, noChangeInTenths, told, slow, recovery };
const asked = process.argv.slice(2).filter((name) => name in parts);
for (const name of asked.length === 0 ? Object.keys(parts) : asked) {
  const from = performance.now();
  random = seededRandom(20_261_128);
  parts[name]();
  print(`\n(${((performance.now() - from) / 1_000).toFixed(1)} s)`);
}
