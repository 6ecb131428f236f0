/** Clocks that are set, and machines that sleep. */

import { describe, expect, it } from 'vitest';
import { simulate } from './simulated.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

const hourly = (more = '') => `out: results
schedules:
  hourly: { cron: "0 * * * *", dataset: qa.csv, url: "http://127.0.0.1:1", agent: a${more} }
`;

/** A Friday. */
const startsAt = new Date('2026-11-27T15:30:00Z');

const times = (started: readonly string[]) =>
  started.map((directory) => directory.slice('hourly/20261'.length, -3));

describe('a clock that is set back', () => {
  it.each([
    ['an hour', hourMs],
    ['a day', dayMs],
  ])('by %s fires nothing twice, and goes on where it was', async (_, byMs) => {
    await using simulated = await simulate(hourly(), { startsAt });
    await simulated.advance(hourMs); // 16:30

    simulated.setClock(-byMs);
    await simulated.advance(byMs);
    const meanwhile = times(simulated.started);
    await simulated.advance(hourMs); // 17:30

    expect(meanwhile).toEqual(['127T1600']);
    expect(times(simulated.started)).toEqual(['127T1600', '127T1700']);
    expect(simulated.told.filter(({ event }) => event === 'missed')).toEqual([]);
    expect(simulated.said).toEqual([
      expect.stringMatching(/^The clock was set back to .+ up to 2026-11-27T16:00:00/),
    ]);
  });
});

describe('a clock that is set back by a day', () => {
  it('holds up no batch that is to be tried again', async () => {
    const ends = [3, 3, 0];
    const tried: string[] = [];
    const run = async (_: unknown, { directory }: { readonly directory: string }) => {
      tried.push(directory);
      return { code: ends[tried.length - 1] ?? null, lastLine: null, summary: null };
    };
    await using simulated = await simulate(hourly(), { startsAt, effects: () => ({ run }) });
    await simulated.advance(30 * minuteMs); // 16:00

    simulated.setClock(-dayMs);
    await simulated.advance(minuteMs);

    expect(times(tried)).toEqual(['127T1600', '127T1600', '127T1600']);
    expect(simulated.state()?.schedules['hourly']?.firing).toBeNull();
  });

  it('holds up no firing that waits for its jitter', async () => {
    await using simulated = await simulate(hourly(', jitter: 30m'), { startsAt });
    await simulated.advance(30 * minuteMs); // 16:00

    simulated.setClock(-dayMs);
    await simulated.advance(minuteMs);

    expect(times(simulated.started)).toEqual(['127T1600']);
  });
});

describe('a clock that is set forward', () => {
  it('by an hour makes up for what it passed over, once', async () => {
    await using simulated = await simulate(hourly(), { startsAt });

    simulated.setClock(hourMs); // 16:30
    await simulated.advance(hourMs);

    expect(times(simulated.started)).toEqual(['127T1600', '127T1700']);
    expect(simulated.told.filter(({ event }) => event === 'missed')).toEqual([]);
  });

  it('by a day, and back again, fires nothing twice', async () => {
    await using simulated = await simulate(hourly(), { startsAt });

    simulated.setClock(dayMs);
    await simulated.advance(minuteMs);
    simulated.setClock(-dayMs);
    await simulated.advance(dayMs + hourMs);

    expect(times(simulated.started)).toEqual(['128T1500', '128T1600']);
    expect(simulated.told.filter(({ event }) => event === 'missed')).toMatchObject([
      {
        firing: '2026-11-28T14:00:00.000Z',
        sentence: expect.stringMatching(
          /23 firings were missed, from 2026-11-27T16:00.+ to 2026-11-28T14:00/,
        ),
      },
    ]);
  });
});

describe('a machine that sleeps over the weekend', () => {
  const weekendMs = 64 * hourMs; // until Monday, 07:30

  it('makes up for the latest firing, and tells how many were missed', async () => {
    await using simulated = await simulate(hourly(), { startsAt });

    simulated.setClock(weekendMs);
    await simulated.advance(hourMs);

    expect(times(simulated.started)).toEqual(['130T0700', '130T0800']);
    expect(simulated.told.filter(({ event }) => event === 'missed')).toMatchObject([
      { schedule: 'hourly', sentence: expect.stringContaining('63 firings were missed') },
    ]);
  });

  it('makes up for none where none is to be', async () => {
    await using simulated = await simulate(hourly(', catch_up: none'), { startsAt });

    simulated.setClock(weekendMs);
    await simulated.advance(hourMs);

    expect(times(simulated.started)).toEqual(['130T0800']);
    expect(simulated.told.filter(({ event }) => event === 'missed')).toMatchObject([
      { sentence: expect.stringContaining('64 firings were missed') },
    ]);
  });

  it('tells from when to when, where there were too many to count', async () => {
    const everyTenSeconds = hourly().replace('0 * * * *', '*/10 * * * * *');
    await using simulated = await simulate(everyTenSeconds, { startsAt });

    simulated.setClock(weekendMs); // looked at 07:30:05
    await simulated.advance(5_000);

    expect(times(simulated.started)).toEqual(['130T0729']);
    expect(simulated.told.filter(({ event }) => event === 'missed').map(({ sentence }) => sentence)).toEqual([
      expect.stringMatching(/more than 1000 firings .+ from 2026-11-27T15:30:10.+ to 2026-11-30T07:29:00/),
      expect.stringMatching(/5 firings .+ from 2026-11-30T07:29:20.+ to 2026-11-30T07:30:00.+still ran/),
    ]);
  });

  it('does not begin a second batch beside one that was asleep too', async () => {
    await using simulated = await simulate(hourly(), { startsAt, takesMs: 50 * minuteMs });
    await simulated.advance(31 * minuteMs); // 16:01: one runs

    simulated.setClock(weekendMs); // 08:01
    await simulated.advance(10 * minuteMs);
    const whileItRuns = times(simulated.started);
    await simulated.advance(50 * minuteMs);

    expect(whileItRuns).toEqual(['127T1600']);
    expect(times(simulated.started)).toEqual(['127T1600', '130T0900']);
  });
});
