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
});
