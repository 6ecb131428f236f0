import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Crowd, type Placed } from '../src/crowd.ts';

class Member implements Placed {
  place = -1;
}

describe('a crowd', () => {
  it('holds who came and did not leave, whatever the order, and whoever leaves twice', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(9)), { maxLength: 60 }), (steps) => {
        const members = Array.from({ length: 10 }, () => new Member());
        const crowd = new Crowd<Member>();
        const there = new Set<Member>();

        for (const [comes, at] of steps) {
          const member = members[at] ?? new Member();
          if (comes && !there.has(member)) {
            crowd.add(member);
            there.add(member);
          }
          if (comes) continue;
          crowd.remove(member);
          there.delete(member);
        }

        const now = crowd.now();
        expect(now).toHaveLength(there.size);
        expect(now.every((member) => there.has(member))).toBe(true);
        expect(new Set(now).size).toBe(there.size);
      }),
    );
  });

  it('may be left while it is walked through', () => {
    const crowd = new Crowd<Member>();
    for (let count = 0; count < 5; count += 1) crowd.add(new Member());

    for (const member of crowd.now()) crowd.remove(member);

    expect(crowd.now()).toEqual([]);
  });

  it('keeps nobody who left, where only young garbage is cleared', () => {
    setFlagsFromString('--expose-gc');
    const clear = runInNewContext('gc') as (options: { type: 'minor' }) => void;
    const crowd = new Crowd<Holder>();
    const line: Holder[] = [];
    const comes = (count: number) => {
      const holder = new Holder(count);
      crowd.add(holder);
      line.push(holder);
    };
    for (let count = 0; count < 50; count += 1) comes(count);
    for (let twice = 0; twice < 2; twice += 1) clear({ type: 'minor' });
    const before = oldBytes();

    for (let count = 0; count < 10_000; count += 1) {
      comes(count);
      const [first] = line.splice(0, 1);
      if (first !== undefined) crowd.remove(first);
      if (count % 200 === 0) clear({ type: 'minor' });
    }

    // Those who were there whenever it was cleared, and should be gone by the next time, held 2 MB.
    expect(oldBytes() - before).toBeLessThan(300_000);
  });
});

class Holder extends Member {
  readonly numbers: readonly number[];

  constructor(count: number) {
    super();
    this.numbers = Array.from({ length: 100 }, () => count);
  }
}

const oldBytes = () =>
  getHeapSpaceStatistics().find(({ space_name: name }) => name === 'old_space')?.space_used_size ?? 0;
