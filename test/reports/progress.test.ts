import { describe, expect, it } from 'vitest';
import { createProgress, type ProgressOptions, type ProgressSnapshot } from '../../src/reports/progress.ts';
import { manualRuntime } from '../support/manual-runtime.ts';
import { createScreen } from './screen.ts';

function shown(columns: number, options: Partial<ProgressOptions> = {}) {
  const screen = createScreen(columns);
  const runtime = manualRuntime();
  let snapshot: ProgressSnapshot = { done: options.doneBefore ?? 0, failed: 0, inFlight: 0, latencyMs: null };
  const progress = createProgress({
    look: () => snapshot,
    stream: screen.stream,
    columns: () => screen.columns,
    isTTY: true,
    runtime,
    total: 1_200,
    doneBefore: 0,
    colour: false,
    quiet: false,
    ...options,
  });
  const update = (latest: ProgressSnapshot) => {
    snapshot = latest;
  };
  return { screen, runtime, progress, update };
}

const halfway: ProgressSnapshot = { done: 600, failed: 3, inFlight: 10, latencyMs: 812.4 };

/** A minute, ten turns a second. */
async function runHalfway({ runtime, update }: ReturnType<typeof shown>) {
  for (let done = 10; done <= 600; done += 10) {
    update({ ...halfway, done });
    await runtime.advance(1_000);
  }
  await runtime.advance(100);
}

describe('the progress bar', () => {
  it.each([
    [200, `${'█'.repeat(15)}${'░'.repeat(15)}  600/1,200  3 failed  10 in flight  10/s  1m 01s left  812 ms`],
    [80, '████████░░░░░░░░░  600/1,200  3 failed  10 in flight  10/s  1m 01s left  812 ms'],
    [60, '600/1,200  3 failed  10 in flight  10/s  1m 01s left'],
    [40, '600/1,200  3 failed  10/s  1m 01s left'],
    [20, '600/1,200  3 failed'],
    [15, '600/1,200'],
    [8, '50%'],
    [2, '5'],
  ])('at %i columns shows what fits, the most wanted first', async (columns, row) => {
    const display = shown(columns);

    await runHalfway(display);

    expect(display.screen.rows).toEqual([row]);
    expect(display.screen.wrapped).toBe(0);
  });

  it('never wraps, at any width, with any figures, in colour', async () => {
    for (let columns = 2; columns <= 120; columns += 1) {
      const { screen, runtime, progress, update } = shown(columns, { colour: true, total: 10_000_000 });
      update({ done: 9_999_999, failed: 1_234_567, inFlight: 100_000, latencyMs: 59_000 });
      await runtime.advance(1_000);
      progress.close();

      expect(screen.wrapped).toBe(0);
      expect(screen.writes.length).toBeGreaterThan(1);
    }
  });

  it('is redrawn ten times a second at most, however often it is told', async () => {
    const { screen, runtime, update } = shown(80);
    for (let done = 1; done <= 1_000; done += 1) {
      update({ ...halfway, done });
      await runtime.advance(1);
    }

    expect(screen.writes.length).toBe(10);
    expect(screen.rows[0]).toContain('/1,200');
  });

  it('is not written again while nothing changes', async () => {
    const { screen, runtime } = shown(80);

    await runtime.advance(5_000);

    expect(screen.writes.length).toBe(1);
    expect(screen.rows).toEqual([`${'░'.repeat(30)}  0/1,200  0 in flight`]);
  });

  it('fits the window when that changes', async () => {
    const display = shown(80);
    await runHalfway(display);

    display.screen.columns = 200;
    await display.runtime.advance(100);
    const wide = display.screen.rows.at(-1);
    display.screen.columns = 20;
    await display.runtime.advance(100);

    expect(wide).toContain('812 ms');
    expect(display.screen.rows.at(-1)).toBe('600/1,200  3 failed');
  });

  it.each([0, undefined])('takes a terminal that says it has %s columns for one of 80', async (columns) => {
    const display = shown(80, { columns: () => columns });

    await runHalfway(display);

    expect(display.screen.rows[0]?.length).toBe(79);
  });

  it('gives way to a line that stays, and comes back below it', async () => {
    const { screen, runtime, progress } = shown(60);
    await runtime.advance(100);

    progress.line('The server refuses: waiting.');
    await runtime.advance(100);

    expect(screen.rows).toEqual(['The server refuses: waiting.', expect.stringContaining('0/1,200')]);
  });

  it('shows a line from strangers, and obeys none of it', async () => {
    const { screen, progress } = shown(200);

    progress.line('a\x1b[2J\x1b]8;;http://evil\x07\0\u009b\u202eb');

    expect(screen.rows).toEqual(['a\\x1b[2J\\x1b]8;;http://evil\\x07\\x00\\x9b\\u202eb', '']);
  });

  it('is taken away at the end, leaving the cursor on an empty line, and says nothing after', async () => {
    const { screen, runtime, progress, update } = shown(60);
    progress.line('stays');
    update(halfway);
    await runtime.advance(100);

    progress.close();
    const writes = screen.writes.length;
    progress.close();
    update({ ...halfway, done: 700 });
    progress.line('too late');
    await runtime.advance(60_000);

    expect(screen.rows).toEqual(['stays', '']);
    expect(screen.cursor).toBe(0);
    expect(screen.writes.length).toBe(writes);
  });

  it('tells the time left by the pace of late, not by that of the beginning', async () => {
    const { screen, runtime, update } = shown(80, { isTTY: false });
    for (let done = 1; done <= 100; done += 1) {
      await runtime.advance(10_000); // six a minute
      update({ ...halfway, done });
    }
    for (let done = 101; done <= 200; done += 1) {
      await runtime.advance(1_000); // sixty a minute
      update({ ...halfway, done });
    }

    await runtime.advance(10_000);

    expect(screen.writes[99]).toContain('99/1,200 done, 3 failed, 10 in flight, 6.0/min, 3h 04m left');
    expect(screen.writes.at(-1)).toContain('47/min, 21m 31s left');
  });

  it('counts for its pace what this start did alone', async () => {
    const { screen, runtime, update } = shown(200, { doneBefore: 1_000 });
    await runtime.advance(10_000);
    update({ ...halfway, done: 1_010 });
    await runtime.advance(100);

    expect(screen.rows[0]).toContain('1,010/1,200  3 failed  10 in flight  59/min  3m 12s left');
  });

  it('promises no end while nothing has ended, nor when all has', async () => {
    const { screen, runtime, update } = shown(200);
    update({ ...halfway, done: 0 });
    await runtime.advance(60_000);
    const before = screen.rows[0];
    update({ ...halfway, done: 1_200 });
    await runtime.advance(100);

    expect(before).not.toContain('left');
    expect(screen.rows[0]).not.toContain('left');
  });
});

describe('progress that is no terminal’s', () => {
  it('is a plain line every ten seconds', async () => {
    const { screen, runtime, progress, update } = shown(20, { isTTY: false, colour: false });
    await runtime.advance(9_999);
    const early = screen.writes.length;
    update({ ...halfway, done: 10 });
    await runtime.advance(1);
    progress.line('note');
    await runtime.advance(10_000);
    progress.close();
    await runtime.advance(60_000);

    expect(early).toBe(0);
    expect(screen.writes).toEqual([
      '10/1,200 done, 3 failed, 10 in flight, 1.0/s, 19m 50s left, latency 812 ms\n',
      'note\n',
      '10/1,200 done, 3 failed, 10 in flight, 30/min, 39m 40s left, latency 812 ms\n',
    ]);
  });

  it('leaves out what is not known', async () => {
    const { screen, runtime } = shown(80, { isTTY: false });

    await runtime.advance(10_000);

    expect(screen.writes).toEqual(['0/1,200 done, 0 in flight\n']);
  });
});

describe('quiet progress', () => {
  it.each([true, false])('shows nothing, terminal or not (%s)', async (isTTY) => {
    const { screen, runtime, progress, update } = shown(80, { isTTY, quiet: true });
    update(halfway);
    progress.line('note');
    await runtime.advance(60_000);
    progress.close();

    expect(screen.writes).toEqual([]);
  });
});
