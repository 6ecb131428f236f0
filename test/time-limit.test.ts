import { describe, expect, it } from 'vitest';
import { mostTimeouts, TimeLimit } from '../src/time-limit.ts';

const forever = () => {
  for (;;);
};
/** Each look at the processors' time finds so much more of it: two for each time that the work is begun. */
function passing(ms: number) {
  const looks = { count: 0 };
  const processorMs = () => {
    looks.count += 1;
    return looks.count * ms;
  };
  return { processorMs, begun: () => looks.count / 2 };
}

describe('work with a time limit', () => {
  it('gives what came of it', () => {
    expect(new TimeLimit(1_000).run(() => 7)).toEqual({ value: 7 });
  });

  it('throws what the work throws', () => {
    const limit = new TimeLimit(1_000);

    expect(() =>
      limit.run(() => {
        throw new RangeError('no');
      }),
    ).toThrow(RangeError);
  });

  it('is ended where it computes too long', () => {
    const { processorMs, begun } = passing(5);

    const done = new TimeLimit(5, processorMs).run(forever);

    expect([done, begun()]).toEqual([null, 1]);
  });

  it('is begun anew where a busy machine gave it no processor', () => {
    let begun = 0;

    const done = new TimeLimit(20, passing(0).processorMs).run(() => {
      begun += 1;
      if (begun === 1) forever();
      return 'done';
    });

    expect(done).toEqual({ value: 'done' });
  });

  it('is ended in the end, on a machine that never gives it one', () => {
    const { processorMs, begun } = passing(0);

    const done = new TimeLimit(1, processorMs).run(forever);

    expect([done, begun()]).toEqual([null, 5]);
  });

  it('is begun no more after so many that took too long', () => {
    const limit = new TimeLimit(1, passing(1).processorMs);
    for (let at = 0; at < mostTimeouts; at += 1) limit.run(forever);

    expect(limit.isGivenUp).toBe(true);
    expect(limit.run(() => 7)).toBeNull();
  });
});
