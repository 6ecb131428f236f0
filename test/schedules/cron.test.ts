import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCron, type Timetable } from '../../src/schedules/cron.ts';

function timetable(cron: string, timezone = 'UTC'): Timetable {
  const read = readCron(cron, timezone);
  if ('expected' in read) throw new Error(read.expected);
  return read;
}

function firings(cron: string, timezone: string, from: string, count: number): string[] {
  const { after } = timetable(cron, timezone);
  const found: string[] = [];
  let at = Date.parse(from);
  while (found.length < count) {
    const next = after(at);
    if (next === null) break;
    at = next;
    found.push(new Date(next).toISOString().slice(0, 16));
  }
  return found;
}

describe('a timetable', () => {
  it('fires once for an hour that comes twice, at its first', () => {
    expect(firings('0 1-4 * * *', 'Europe/Oslo', '2026-10-24T22:30Z', 4)).toEqual([
      '2026-10-24T23:00',
      '2026-10-25T00:00',
      '2026-10-25T02:00',
      '2026-10-25T03:00',
    ]);
    expect(firings('*/20 2 * * *', 'Europe/Oslo', '2026-10-24T22:30Z', 4)).toEqual([
      '2026-10-25T00:00',
      '2026-10-25T00:20',
      '2026-10-25T00:40',
      '2026-10-26T01:00',
    ]);
  });

  it('fires once for what an hour that is left out would have fired, right after it', () => {
    expect(firings('*/20 2 * * *', 'Europe/Oslo', '2026-03-28T12:00Z', 2)).toEqual([
      '2026-03-29T01:00',
      '2026-03-30T00:00',
    ]);
    expect(firings('0 2,3 * * *', 'Europe/Oslo', '2026-03-28T12:00Z', 2)).toEqual([
      '2026-03-29T01:00',
      '2026-03-30T00:00',
    ]);
  });

  it('knows a change of half an hour, one at midnight, and one to the east of the date line', () => {
    expect(firings('15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T00:00Z', 2)).toEqual([
      '2026-10-03T15:30',
      '2026-10-04T15:15',
    ]);
    expect(firings('0 0 * * *', 'America/Havana', '2026-03-07T12:00Z', 1)).toEqual(['2026-03-08T05:00']);
    expect(firings('30 3 * * *', 'Pacific/Chatham', '2026-09-26T00:00Z', 1)).toEqual(['2026-09-26T14:00']);
  });

  it('takes six fields, seconds first', () => {
    expect(timetable('*/5 * * * * *').after(Date.UTC(2026, 0, 1))).toBe(Date.UTC(2026, 0, 1, 0, 0, 5));
  });

  it('finds the firing that was due last as the one that nothing comes between', () => {
    const zones = fc.constantFrom(
      'UTC',
      'Europe/Oslo',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Kolkata',
    );
    const crons = fc.constantFrom('0 3 * * *', '*/20 2 * * *', '*/30 * * * *', '0 1-4 * * 6,0', '15 2 1 * *');
    const changes = [Date.UTC(2026, 2, 29, 1), Date.UTC(2026, 9, 25, 1), Date.UTC(2026, 9, 3, 15, 30)];
    const times = fc.oneof(
      fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2027, 0) }),
      fc
        .tuple(fc.constantFrom(...changes), fc.integer({ min: -7_200_000, max: 7_200_000 }))
        .map(([at, by]) => at + by),
    );

    fc.assert(
      fc.property(crons, zones, times, (cron, zone, ms) => {
        const times = timetable(cron, zone);
        const last = times.upTo(ms) ?? Number.NaN;

        expect(last).toBeLessThanOrEqual(ms);
        expect(times.after(last - 1)).toBe(last);
        expect(times.after(last)).toBeGreaterThan(ms);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['61 * * * *', 'UTC', 'Invalid value for minute'],
    ['0 3 * *', 'UTC', 'five fields'],
    ['@daily', 'UTC', 'five fields'],
    ['0 0 30 2 *', 'UTC', 'never does'],
    ['0 3 * * *', 'Europe/Nowhere', 'a time zone such as'],
    ['0 3 * * *', '', 'a time zone such as'],
  ])('refuses %j in %j', (cron, timezone, expected) => {
    expect(readCron(cron, timezone)).toMatchObject({ expected: expect.stringContaining(expected) });
  });
});
