import { describe, expect, it } from 'vitest';
import { type Brake, createBrake } from '../src/brake.ts';
import type { Failure, JobRecord } from '../src/types.ts';
import { madeFailure, madeRecord } from './reports/made-records.ts';

const success = madeRecord();
const error = (failure: Partial<Failure>) => madeRecord({ outcome: 'error', failure: madeFailure(failure) });
const refused = error({ kind: 'connect', code: 'CONNECT_REFUSED', status: null });
const busy = error({ code: 'HTTP_503' });
const slow = error({ code: 'HTTP_429', status: 429 });
const uncertain503 = error({ code: 'HTTP_503', may_have_run: true, uncertain: true });
const boom = error({ kind: 'agent', code: 'AGENT_FAILED', may_have_run: true });
const invalid = error({ kind: 'invalid', code: 'INPUT_INVALID', status: 422 });
const keyRefused = error({ kind: 'auth', code: 'KEY_REFUSED', message: 'the key was refused', status: 401 });
const notFound = error({ kind: 'not_found', code: 'AGENT_NOT_FOUND', message: 'no such agent', status: 404 });
const leftInFlight = error({ kind: 'reset', code: 'LEFT_IN_FLIGHT', may_have_run: true, uncertain: true });
const skipped = madeRecord({ outcome: 'skipped', failure: madeFailure({ code: 'EARLIER_TURN' }) });
const interrupted = madeRecord({ outcome: 'interrupted', failure: madeFailure({ code: 'WAITS_FOR_HUMAN' }) });

const times = (count: number, record: JobRecord) => Array<JobRecord>(count).fill(record);

/** What the brake says of each, run together: `hold ×9, drop`. */
function judged(brake: Brake, records: readonly JobRecord[]): string {
  const words = records.map((record) => brake.judge(record));
  const groups: [string, number][] = [];
  for (const word of words) {
    const last = groups.at(-1);
    if (last?.[0] === word) last[1] += 1;
    else groups.push([word, 1]);
  }
  return groups.map(([word, count]) => (count === 1 ? word : `${word} ×${count}`)).join(', ');
}

describe('the brake of a batch that nobody gave a limit', () => {
  it.each([
    ['refused connections', refused, 'unreachable'],
    ['503', busy, 'unreachable'],
    ['429', slow, 'unreachable'],
    ['errors of the agent', boom, 'brake'],
    ['inputs that are refused', invalid, 'brake'],
  ])('stops after ten %s, if these are the first to end', (_, record, code) => {
    const brake = createBrake(null, 100);

    judged(brake, times(9, record));
    expect(brake.stop).toBeNull();
    brake.judge(record);

    expect(brake.stop).toEqual({
      code,
      message: `the first 10 all failed alike, ${record.failure?.code}: ${record.failure?.message}`,
    });
  });

  it.each([
    ['one of the first ten succeeded', [...times(5, refused), success, ...times(50, refused)]],
    ['one waits for a human', [interrupted, ...times(50, refused)]],
    ['they failed in two ways', [...times(9, refused), busy, ...times(50, busy)]],
    ['there are fewer than ten', times(9, refused)],
  ])('does not stop where %s', (_, records) => {
    const brake = createBrake(null, 100);

    judged(brake, records);

    expect(brake.stop).toBeNull();
    expect(brake.isUndecided).toBe(records.length < 10);
  });

  it('does not count turns that were not asked', () => {
    const brake = createBrake(null, 100);

    judged(brake, [skipped, ...times(9, refused), ...times(5, skipped)]);
    expect(brake.stop).toBeNull();
    brake.judge(refused);

    expect(brake.stop?.code).toBe('unreachable');
  });

  it('does not count what an earlier start left in flight, which this one does not ask', () => {
    const brake = createBrake(null, 100);

    expect(judged(brake, [...times(40, leftInFlight), ...times(9, boom)])).toBe('write ×49');
    expect(brake.stop).toBeNull();
    brake.judge(boom);

    expect(brake.stop?.message).toContain('the first 10 all failed alike');
  });

  it('holds refusals back while they may be the first ten, and leaves them out once they are', () => {
    const brake = createBrake(null, 100);

    expect(judged(brake, [...times(10, refused), ...times(3, refused), busy])).toBe('hold ×9, drop ×5');
  });

  it('holds nothing back once something else ended', () => {
    const brake = createBrake(null, 100);

    expect(judged(brake, [...times(3, busy), success, ...times(30, busy)])).toBe('hold ×3, write ×31');
  });

  it('writes what may have run, always', () => {
    const brake = createBrake(null, 100);

    expect(judged(brake, [...times(4, busy), ...times(6, uncertain503), busy, uncertain503])).toBe(
      'hold ×4, write ×6, drop, write',
    );
    expect(brake.stop?.code).toBe('unreachable');
  });

  it('writes what is the row’s own failure, also when it stops', () => {
    expect(judged(createBrake(null, 100), times(12, invalid))).toBe('write ×12');
  });

  it('writes in flight what ends otherwise after it stopped', () => {
    const brake = createBrake(null, 100);

    expect(judged(brake, [...times(10, busy), success, boom, keyRefused, skipped])).toBe(
      'hold ×9, drop, write ×4',
    );
  });
});

describe('the brake at what needs a person', () => {
  it.each([
    ['a key that is refused', keyRefused],
    ['an agent that is not there', notFound],
  ])('stops at once at %s, and leaves no record of it', (_, record) => {
    const brake = createBrake(null, 100);

    expect(judged(brake, [success, record, record])).toBe('write, drop ×2');
    expect(brake.stop).toEqual({ code: 'needs_person', message: record.failure?.message });
  });

  it('stops though no number of errors should', () => {
    const brake = createBrake('none', 100);

    brake.judge(keyRefused);

    expect(brake.stop?.code).toBe('needs_person');
  });

  it('is decided then about what it held back, which failed by another cause', () => {
    const brake = createBrake(null, 100);

    expect(judged(brake, [...times(3, refused), keyRefused, refused])).toBe('hold ×3, drop, write');
    expect(brake.isUndecided).toBe(false);
  });
});

describe('the brake with a limit', () => {
  it('stops at so many errors, whatever came between', () => {
    const brake = createBrake({ count: 3 }, 100);

    judged(brake, [boom, success, invalid, success, interrupted, skipped]);
    expect(brake.stop).toBeNull();
    brake.judge(boom);

    expect(brake.stop).toEqual({
      code: 'brake',
      message: `3 of 6 failed, the last with AGENT_FAILED: ${boom.failure?.message}`,
    });
  });

  it.each([
    ['5% of 100', { share: 0.05 }, 100, 5],
    ['1% of 10', { share: 0.01 }, 10, 1],
    ['33% of 10', { share: 0.33 }, 10, 4],
    ['one', { count: 1 }, 10, 1],
  ])('stops at %s', (_, maxErrors, planned, count) => {
    const brake = createBrake(maxErrors, planned);

    judged(brake, times(count - 1, boom));
    expect(brake.stop).toBeNull();
    brake.judge(boom);

    expect(brake.stop?.code).toBe('brake');
  });

  it('never stops where none is wanted, and holds nothing back', () => {
    const brake = createBrake('none', 100);

    expect(judged(brake, times(500, refused))).toBe('write ×500');
    expect(brake.stop).toBeNull();
    expect(brake.isUndecided).toBe(false);
  });

  it('leaves out every refusal where these alone bring it to its limit', () => {
    const brake = createBrake({ count: 4 }, 100);

    expect(judged(brake, [busy, success, busy, success, busy, busy, busy])).toBe(
      'hold, write, hold, write, hold, drop ×2',
    );
    expect(brake.stop?.code).toBe('unreachable');
    expect(brake.isUndecided).toBe(false);
  });

  it('is decided once they are not all alike', () => {
    const brake = createBrake({ count: 4 }, 100);

    expect(judged(brake, [busy, busy, refused, refused])).toBe('hold ×2, write ×2');
    expect(brake.stop?.code).toBe('brake');
  });

  it('holds no more than a thousand', () => {
    const brake = createBrake({ count: 5_000 }, 100_000);

    expect(judged(brake, times(1_500, busy))).toBe('hold ×1000, write ×500');
    expect(brake.isUndecided).toBe(false);
  });
});
