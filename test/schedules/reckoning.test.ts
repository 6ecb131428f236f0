/** The yardstick itself, against times that a person can look up. */

import { describe, expect, it } from 'vitest';
import { reckonFirings } from './reckoning.ts';

const dayMs = 86_400_000;

const firings = (cron: string, timezone: string, { of: from, days = 1 }: { of: string; days?: number }) => {
  const fromMs = Date.parse(`${from}Z`);
  const found = reckonFirings(cron, timezone, fromMs, fromMs + days * dayMs);
  return found.map((ms) => new Date(ms).toISOString().slice(0, 16));
};

describe('an independent reckoning of firings', () => {
  it.each([
    // lists, ranges, steps
    ['0 3 * * *', ['03:00']],
    ['0,30 3-4 * * *', ['03:00', '03:30', '04:00', '04:30']],
    ['*/20 5 * * *', ['05:00', '05:20', '05:40']],
    ['10-50/20 5 * * *', ['05:10', '05:30', '05:50']],
    // 2026-11-22 is a Sunday
    ['0 3 * * SUN', ['03:00']],
    ['0 3 * * 7', ['03:00']],
    ['0 3 * * mon-fri', []],
    ['0 3 * NOV 0', ['03:00']],
    ['0 3 * jan-oct *', []],
    // the day of the month or the weekday
    ['0 3 22 * MON', ['03:00']],
    ['0 3 21 * SUN', ['03:00']],
    ['0 3 21 * MON', []],
    ['0 3 21 * *', []],
  ])('knows the fields: %s', (cron, times) => {
    const found = firings(cron, 'UTC', { of: '2026-11-22T00:00' });

    expect(found).toEqual(times.map((time) => `2026-11-22T${time}`));
  });

  it.each([
    // Oslo is an hour ahead; two in summer. 2026-03-29: 02:00 becomes 03:00, at 01:00Z.
    ['30 2 * * *', 'Europe/Oslo', '2026-03-28T12:00', ['2026-03-29T01:00']],
    ['*/30 * * * *', 'Europe/Oslo', '2026-03-29T00:00', ['00:00', '00:30', '01:00', '01:30', '02:00']],
    // 2026-10-25: 03:00 becomes 02:00, at 01:00Z.
    ['30 2 * * *', 'Europe/Oslo', '2026-10-24T12:00', ['2026-10-25T00:30']],
    ['*/30 * * * *', 'Europe/Oslo', '2026-10-25T00:00', ['00:00', '00:30', '02:00', '02:30', '03:00']],
    // 2026-03-08 and 2026-11-01, 02:00 in New York: at 07:00Z and 06:00Z.
    ['15 2 * * *', 'America/New_York', '2026-03-08T00:00', ['2026-03-08T07:00']],
    ['30 1 * * *', 'America/New_York', '2026-11-01T00:00', ['2026-11-01T05:30']],
    // Half an hour. 2026-04-05: 02:00 becomes 01:30, at 15:00Z the day before.
    ['45 1 * * *', 'Australia/Lord_Howe', '2026-04-04T00:00', ['2026-04-04T14:45']],
    [
      '*/15 1-2 * * *',
      'Australia/Lord_Howe',
      '2026-04-04T14:30',
      ['14:30', '14:45', '15:30', '15:45', '16:00'],
    ],
    // 2026-10-04: 02:00 becomes 02:30, at 15:30Z the day before.
    ['10 2 * * *', 'Australia/Lord_Howe', '2026-10-03T00:00', ['2026-10-03T15:30']],
    ['*/15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T12:00', ['2026-10-03T15:30', '2026-10-03T15:45']],
  ])('knows the clocks: %s in %s from %s', (cron, timezone, from, times) => {
    const found = firings(cron, timezone, { of: from });

    const day = from.slice(0, 11);
    expect(found.slice(0, times.length)).toEqual(
      times.map((time) => (time.length > 5 ? time : `${day}${time}`)),
    );
  });

  it('gives those of a year, in order, each once', () => {
    const found = firings('0 3 * * *', 'Europe/Oslo', { of: '2026-01-01T00:00', days: 365 });

    expect(found).toHaveLength(365);
    expect(found).toEqual([...new Set(found)].sort());
  });
});
