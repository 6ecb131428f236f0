/**
 * Simulates what docs/design/statistics.md promises and prints the tables. Seeded: the same figures each time.
 *
 *   npm run build && node bench/stats.mjs [part…] [--quick]
 */

import { seededRandom } from '../dist/random.js';
import { bootstrapInterval } from '../dist/stats/bootstrap.js';
import { estimateMean } from '../dist/stats/estimate.js';
import { differences } from '../dist/stats/paired.js';
import { permutationTest } from '../dist/stats/permutation.js';
import { standardError } from '../dist/stats/standard-error.js';
import { studentCdf, studentQuantile } from '../dist/stats/student.js';
import { judge, judgeScorer, verdictDefaults } from '../dist/stats/verdict.js';
import { wilsonInterval } from '../dist/stats/wilson.js';

const isQuick = process.argv.includes('--quick');
const z = 1.959963984540054;
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
const sum = (values) => values.reduce((before, value) => before + value, 0);

/** An example's true chance: Beta(2p, 2(1 − p)), so that trials of one example correlate by a third (Jöhnk 1964). */
function chanceAround(p) {
  for (;;) {
    const one = random() ** (1 / (2 * p));
    const other = random() ** (1 / (2 * (1 - p)));
    if (one + other <= 1 && one + other > 0) return one / (one + other);
  }
}

const trials = (chance, k) => times(k, () => (random() < chance ? 1 : 0));
/** Any number within 0..1 with this mean, in tenths: partial credit. */
const partial = (chance, k) => times(k, () => sum(times(10, () => (random() < chance ? 1 : 0))) / 10);

function covers(truth) {
  const counts = new Map();
  return {
    note: (name, { low, high }) => {
      if (low <= truth && truth <= high) counts.set(name, (counts.get(name) ?? 0) + 1);
    },
    of: (name) => counts.get(name) ?? 0,
  };
}

const around = (middle, reach) => ({ low: middle - reach, high: middle + reach });

/** Every interval of one simulated run. */
function noteRun(cover, examples, withBootstrap) {
  const estimate = estimateMean(examples);
  const { mean, trials: count } = estimate;
  const error = estimate.standardError;
  cover.note('wald', around(mean, z * Math.sqrt((mean * (1 - mean)) / count)));
  cover.note('pooled', wilsonInterval(mean, count, z));
  cover.note('clt', around(mean, z * error));
  cover.note('t', around(mean, studentQuantile(0.975, examples.length - 1) * error));
  cover.note('effective', estimate.interval);
  if (!withBootstrap) return;
  const values = examples.map(({ scores }) => ({ value: sum(scores) / scores.length, cluster: undefined }));
  cover.note('bootstrap', bootstrapInterval(values, { confidence: 0.95, draws: 500, seed: 7 }));
}

function coverage() {
  const sims = isQuick ? 300 : 2_000;
  const bootstrapSims = isQuick ? 100 : 500;
  const cells = ['truth', 'N', 'K', 'Wald pooled', 'Wilson pooled', 'CLT', 't', 'bootstrap', 'Wilson n_eff'];
  heading(`Coverage of 95 % intervals of one run, ${sims} runs a cell (bootstrap: ${bootstrapSims})`, cells);
  const averages = new Map();
  for (const n of [10, 20, 50, 100, 200, 500])
    for (const k of [1, 3, 5]) {
      for (const truth of [0.5, 0.6, 0.7, 0.8, 0.9, 0.95]) {
        const cover = covers(truth);
        for (let sim = 0; sim < sims; sim += 1)
          noteRun(
            cover,
            times(n, () => ({ scores: trials(chanceAround(truth), k) })),
            sim < bootstrapSims,
          );
        const all = ['wald', 'pooled', 'clt', 't'].map((name) => share(cover.of(name), sims));
        const effective = cover.of('effective') / sims;
        averages.set(`${n} ${k}`, (averages.get(`${n} ${k}`) ?? 0) + effective / 6);
        row([truth, n, k, ...all, share(cover.of('bootstrap'), bootstrapSims), effective.toFixed(3)]);
      }
    }
  heading('Wilson on effective n, averaged over the truths', ['N', 'K', 'coverage']);
  for (const [cell, average] of averages) row([...cell.split(' '), average.toFixed(3)]);
  print(`\nlowest ${Math.min(...averages.values()).toFixed(3)} (asked ≥ 0.92)`);
}

function numericCoverage() {
  const sims = isQuick ? 50 : 500;
  const options = { confidence: 0.95, draws: 1_000, seed: 3 };
  heading(`Scores in tenths (partial credit), ${sims} runs a cell`, [
    'truth',
    'N',
    'K',
    'coverage',
    'with a caution',
  ]);
  for (const truth of [0.5, 0.8, 0.95])
    for (const n of [10, 20, 30, 50, 100, 200])
      for (const k of [1, 3]) {
        const cover = covers(truth);
        let cautions = 0;
        for (let sim = 0; sim < sims; sim += 1) {
          const estimate = estimateMean(
            times(n, () => ({ scores: partial(chanceAround(truth), k) })),
            options,
          );
          cover.note('chosen', estimate.interval);
          cautions += estimate.caution === null ? 0 : 1;
        }
        row([truth, n, k, share(cover.of('chosen'), sims), share(cautions, sims)]);
      }
}

function clusterCoverage() {
  const sims = isQuick ? 100 : 2_000;
  heading(`Clusters of 5 examples that share their chance, ${sims} runs a cell`, [
    'truth',
    'clusters',
    'Wilson n_eff',
    'as if none',
  ]);
  for (const truth of [0.7, 0.9])
    for (const clusters of [5, 10, 20, 50, 100]) {
      const cover = covers(truth);
      for (let sim = 0; sim < sims; sim += 1) {
        const examples = times(clusters, (at) => {
          const chance = chanceAround(truth);
          return times(5, () => ({ scores: trials(chance, 1), cluster: String(at) }));
        }).flat();
        cover.note('clustered', estimateMean(examples).interval);
        cover.note('plain', estimateMean(examples.map(({ scores }) => ({ scores }))).interval);
      }
      row([truth, clusters, share(cover.of('clustered'), sims), share(cover.of('plain'), sims)]);
    }
}

const options = { ...verdictDefaults, draws: 2_000 };

/** Two runs; of the share `hit` of the examples the chance in the second is `left` times that in the first. */
function twoRuns({ n, k, truth, score = trials, hit = 0, left = 1, isDrawn = false }) {
  return times(n, (at) => {
    const chance = chanceAround(truth);
    const isHit = isDrawn ? random() < hit : at < hit * n;
    const later = isHit ? chance * left : chance;
    return { baseline: score(chance, k), candidate: score(later, k) };
  });
}

function noChange() {
  const sims = isQuick ? 200 : 2_000;
  const cells = ['scores', 'truth', 'N', 'K', 'REGRESSED', 'OK', 'by interval too'];
  heading(`Gate with no change, ${sims} times a cell, max drop ${options.maxDrop}`, cells);
  const seen = { worst: 0, all: 0, cells: 0, either: 0 };
  const cell = (name, { n, k, truth, score }) => {
    const counts = { REGRESSED: 0, OK: 0, INCONCLUSIVE: 0 };
    let either = 0;
    for (let sim = 0; sim < sims; sim += 1) {
      const { verdict, estimate } = judgeScorer(twoRuns({ n, k, truth, score }), { ...options, seed: sim });
      counts[verdict] += 1;
      if (verdict === 'REGRESSED' || (verdict !== 'OK' && estimate.interval.high < 0)) either += 1;
    }
    const rate = counts.REGRESSED / sims;
    seen.worst = Math.max(seen.worst, rate);
    seen.all += rate;
    seen.either += either / sims;
    seen.cells += 1;
    row([name, truth, n, k, rate.toFixed(4), share(counts.OK, sims), share(either, sims)]);
  };
  for (const truth of [0.7, 0.9])
    for (const n of [20, 50, 100, 200, 500])
      for (const k of [1, 2, 3, 4, 5]) cell('0 or 1', { n, k, truth, score: trials });
  for (const n of [20, 50, 100]) for (const k of [1, 3]) cell('tenths', { n, k, truth: 0.8, score: partial });
  const [all, either] = [seen.all / seen.cells, seen.either / seen.cells];
  print(
    `\nhighest ${seen.worst.toFixed(4)} (asked ≤ 0.036), in all ${all.toFixed(4)} (asked ≤ 0.03); by interval too ${either.toFixed(4)}`,
  );
}

function severalScorers() {
  const sims = isQuick ? 200 : 2_000;
  heading(`Four scorers, no change, ${sims} times a cell`, ['N', 'K', 'any REGRESSED, by Holm']);
  for (const n of [50, 200]) {
    let regressed = 0;
    for (let sim = 0; sim < sims; sim += 1) {
      const scorers = new Map(times(4, (at) => [String(at), twoRuns({ n, k: 3, truth: 0.8 })]));
      if (judge(scorers, options).verdict === 'REGRESSED') regressed += 1;
    }
    row([n, 3, share(regressed, sims)]);
  }
}

/** One-sided, 2.5 %. */
function pairedT(pairs) {
  const all = differences(pairs);
  const error = standardError(all.map(({ value }) => ({ value, cluster: undefined })));
  const middle = sum(all.map(({ value }) => value)) / all.length;
  if (error.value === 0) return 1;
  return studentCdf(middle / error.value, error.df);
}

function power() {
  const sims = isQuick ? 200 : 2_000;
  const cells = ['truth', 'left', 'N', 'K', 'hit', 'drop', 'paired t', 'permutation', 'REGRESSED', 'OK'];
  heading(`Power of the one-sided 2.5 % tests, ${sims} times a cell`, cells);
  const scenarios = [
    { n: 20, k: 5, hit: 0.2 },
    { n: 50, k: 1, hit: 0.2 },
    { n: 50, k: 3, hit: 0.2 },
    { n: 50, k: 5, hit: 0.2 },
    { n: 100, k: 3, hit: 0.1 },
    { n: 200, k: 3, hit: 0.05 },
  ];
  for (const [truth, left] of [
    [0.9, 0.3],
    [0.8, 0.3],
    [0.8, 0],
  ])
    for (const { n, k, hit } of scenarios) {
      const found = { t: 0, permutation: 0, REGRESSED: 0, OK: 0, INCONCLUSIVE: 0 };
      for (let sim = 0; sim < sims; sim += 1) {
        const pairs = twoRuns({ n, k, truth, hit, left });
        const { verdict, test } = judgeScorer(pairs, options);
        found[verdict] += 1;
        if (test.worse < 0.025) found.permutation += 1;
        if (pairedT(pairs) < 0.025) found.t += 1;
      }
      const drop = (truth * hit * (1 - left)).toFixed(3);
      const shares = ['t', 'permutation', 'REGRESSED', 'OK'].map((name) => share(found[name], sims));
      row([truth, left, n, k, hit, drop, ...shares]);
    }
}

/** Does the number that an INCONCLUSIVE asks for decide? */
function advice() {
  const sims = isQuick ? 40 : 300;
  const cells = ['truly', 'N', 'K', 'examples asked for (median)', 'then OK', 'REGRESSED'];
  heading(`A second try with as many examples as the first asked for, max drop 0.05, ${sims} times`, cells);
  const allowing = { ...options, maxDrop: 0.05 };
  for (const [truly, hit] of [
    ['unchanged', 0],
    ['0.1 worse', 0.125],
  ])
    for (const k of [1, 3]) {
      const counts = { OK: 0, REGRESSED: 0, INCONCLUSIVE: 0 };
      const asked = [];
      while (asked.length < sims) {
        const first = judgeScorer(twoRuns({ n: 50, k, truth: 0.8, hit, left: 0 }), allowing);
        if (first.verdict !== 'INCONCLUSIVE') continue;
        const n = first.deciding.examples;
        asked.push(n);
        counts[judgeScorer(twoRuns({ n, k, truth: 0.8, hit, left: 0 }), allowing).verdict] += 1;
      }
      const median = asked.toSorted((one, other) => one - other)[Math.floor(sims / 2)];
      row([truly, 50, k, median, share(counts.OK, sims), share(counts.REGRESSED, sims)]);
    }
}

/** How often OK is given though the drop is exactly the one allowed: at most 2.5 % wanted. */
function falseOk() {
  const sims = isQuick ? 200 : 2_000;
  heading(`OK with a drop of just the margin, truth 0.8, ${sims} times a cell`, [
    'N',
    'K',
    'hit',
    'left',
    'margin',
    'OK',
    'by t alone',
  ]);
  for (const { hit, left } of [
    { hit: 0.05, left: 0 },
    { hit: 0.1, left: 0 },
    { hit: 0.2, left: 0.5 },
  ])
    for (const n of [20, 30, 50, 100, 200])
      for (const k of [1, 3]) {
        const margin = 0.8 * hit * (1 - left);
        let [ok, byT] = [0, 0];
        for (let sim = 0; sim < sims; sim += 1) {
          const pairs = twoRuns({ n, k, truth: 0.8, hit, left, isDrawn: true });
          const { verdict, estimate } = judgeScorer(pairs, { ...options, maxDrop: margin });
          if (verdict === 'OK') ok += 1;
          const reach = studentQuantile(0.975, n - 1) * estimate.standardError;
          if (estimate.difference - reach > -margin) byT += 1;
        }
        row([n, k, hit, left, margin.toFixed(3), share(ok, sims), share(byT, sims)]);
      }
}

function speed() {
  heading('1,000 examples × 10 trials in both runs, 10,000 draws', ['scores', 'method', 'wall ms', 'CPU ms']);
  for (const [name, score] of [
    ['0 or 1', trials],
    ['tenths', partial],
  ]) {
    const pairs = twoRuns({ n: 1_000, k: 10, truth: 0.8, score });
    const [from, cpu] = [performance.now(), process.cpuUsage()];
    const { method } = permutationTest(pairs, { draws: 10_000, seed: 1 });
    const cpuMs = process.cpuUsage(cpu).user / 1_000;
    row([name, method, Math.round(performance.now() - from), Math.round(cpuMs)]);
  }
}

const parts = {
  speed,
  coverage,
  numericCoverage,
  clusterCoverage,
  noChange,
  severalScorers,
  power,
  falseOk,
  advice,
};
const asked = process.argv.slice(2).filter((name) => name in parts);
for (const name of asked.length === 0 ? Object.keys(parts) : asked) {
  const from = performance.now();
  random = seededRandom(20_261_123);
  parts[name]();
  print(`\n(${((performance.now() - from) / 1_000).toFixed(1)} s)`);
}
