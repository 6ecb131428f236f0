/** A year of schedules in three time zones, against the reckoning. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCron } from '../../src/schedules/cron.ts';
import { firingName } from '../../src/schedules/state.ts';
import { reckonFirings } from './reckoning.ts';
import { simulate } from './simulated.ts';

const dayMs = 86_400_000;
/** A leap year. */
const from = Date.UTC(2028, 0, 1);
const to = Date.UTC(2029, 0, 1);

/** Clocks change at 02:00 in Oslo and New York, on Lord Howe by half an hour. */
const expressions = {
  'Europe/Oslo': [
    '0 3 * * *',
    '30 2 * * *',
    '30 1-3 * * *',
    '15 2 * * SUN',
    '0 0 1 * *',
    '0 6 13 * FRI',
    '45 */8 * * *',
  ],
  'America/New_York': [
    '15 2 * * *',
    '30 1 * * *',
    '0 1-3 * * *',
    '0 9-17/2 * * MON-FRI',
    '0 12 1,15 * *',
    '5 0 29 2 *',
    '0 * * * MON',
  ],
  'Australia/Lord_Howe': [
    '45 1 * * *',
    '10 2 * * *',
    '*/30 1-2 * * *',
    '0 2 * APR,OCT 7',
    '59 23 31 DEC *',
    '0 0 * * 1',
  ],
} as const;

const schedules = Object.entries(expressions).flatMap(([timezone, crons]) =>
  crons.map((cron, at) => ({ name: `${timezone.replace('/', '-')}-${at}`, cron, timezone })),
);

const text = `out: results
defaults: { url: "http://127.0.0.1:1", agent: a }
schedules:
${schedules
  .map(
    ({ name, cron, timezone }) => `  ${name}: { cron: "${cron}", timezone: ${timezone}, dataset: qa.csv }\n`,
  )
  .join('')}`;

describe('a year of 20 schedules in three time zones', () => {
  it('fires each when it is due: none missed, none twice, none beside', async () => {
    const due = schedules.flatMap(({ name, cron, timezone }) =>
      reckonFirings(cron, timezone, from, to).map(
        (ms) => `${name}/${firingName(new Date(ms).toISOString())}`,
      ),
    );
    // A scheduler decides on what comes after its first look.
    await using simulated = await simulate(text, {
      startsAt: new Date(from - 1),
      takesMs: 40_000,
      lookEveryMs: dayMs,
      effects: () => ({ save: async () => {} }),
    });

    for (let day = from; day < to; day += dayMs) await simulated.advance(dayMs);

    expect(schedules).toHaveLength(20);
    expect(simulated.started.toSorted()).toEqual(due.toSorted());
    expect(simulated.told.filter(({ event }) => event === 'missed')).toEqual([]);
    expect(simulated.said).toEqual([]);
  });
});

describe('a timetable', () => {
  const field = (low: number, high: number) =>
    fc.oneof(
      fc.constant('*'),
      fc.integer({ min: low, max: high }).map(String),
      fc
        .tuple(fc.integer({ min: low, max: high }), fc.integer({ min: low, max: high }))
        .map(([one, other]) => {
          return `${Math.min(one, other)}-${Math.max(one, other)}`;
        }),
      fc.uniqueArray(fc.integer({ min: low, max: high }), { minLength: 1, maxLength: 4 }).map(String),
      fc.integer({ min: 2, max: high }).map((step) => `${low}-${high}/${step}`),
    );
  const cron = fc
    .tuple(field(0, 59), field(0, 4), field(1, 31), field(1, 12), field(0, 7))
    .map((fields) => fields.join(' '));
  /** Some days around each change of the clocks, and around the end of a month. */
  const days = ['03-12', '03-26', '04-02', '10-01', '10-29', '11-05', '02-28'].map((day) =>
    Date.parse(`2028-${day}Z`),
  );

  it('has the firings that the reckoning has, around every change of the clocks', () => {
    const zones = fc.constantFrom(...Object.keys(expressions));

    fc.assert(
      fc.property(cron, zones, fc.constantFrom(...days), (expression, zone, day) => {
        const [first, end] = [day - 2 * dayMs, day + 2 * dayMs];
        const timetable = readCron(expression, zone);
        const found: number[] = [];
        if ('expected' in timetable) expect(timetable.expected).toContain('never does');
        else {
          for (let due = timetable.after(first - 1); due !== null && due < end; due = timetable.after(due)) {
            found.push(due);
          }
        }

        expect(found).toEqual(reckonFirings(expression, zone, first, end));
      }),
      { numRuns: 100 },
    );
  });
});
