import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Incoming, Intake } from '../../src/agent/intake.ts';

/** An answer of so many bytes, of which one comes at each step, unless it is stopped. */
class Answer implements Incoming {
  isPaused = false;
  left: number;
  held = 0;

  constructor(bytes: number) {
    this.left = bytes;
  }

  pause() {
    this.isPaused = true;
  }

  resume() {
    this.isPaused = false;
  }
}

describe('the intake of large answers', () => {
  it('brings all of them to their end, and holds little more than it may', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 60 }),
        fc.array(fc.nat(), { minLength: 1, maxLength: 50 }),
        (sizes, most, order) => {
          const intake = new Intake(most);
          const all = sizes.map((size) => new Answer(size));
          let open = [...all];
          let mostHeld = 0;

          for (let step = 0; open.length > 0; step += 1) {
            const running = open.filter(({ isPaused }) => !isPaused);
            const next = running[(order[step % order.length] ?? 0) % running.length];
            if (next === undefined) throw new Error('all stand still');
            next.left -= 1;
            next.held += 1;
            intake.take(next, 1);
            mostHeld = Math.max(
              mostHeld,
              open.reduce((sum, { held }) => sum + held, 0),
            );
            if (next.left > 0) continue;
            open = open.filter((answer) => answer !== next);
            intake.leave(next);
          }

          // The oldest always goes on, and each of the others has one more on its way when it is stopped.
          expect(mostHeld).toBeLessThanOrEqual(most + 40 + sizes.length);
        },
      ),
    );
  });

  it('stops the later ones and lets them go on in the order they came', () => {
    const intake = new Intake(10);
    const [a, b, c] = [new Answer(0), new Answer(0), new Answer(0)];
    intake.take(a, 6);
    intake.take(b, 6);
    intake.take(c, 6);
    intake.take(a, 6);
    const before = [a, b, c].map(({ isPaused }) => isPaused);

    intake.leave(a);
    const after = [a, b, c].map(({ isPaused }) => isPaused);

    expect(before).toEqual([false, true, true]);
    expect(after).toEqual([false, false, true]);
  });

  it('lets none go on while too much waits for the disk, not even the oldest', () => {
    const intake = new Intake(10);
    const answer = new Answer(0);
    intake.add(20);
    intake.take(answer, 1);
    const before = answer.isPaused;

    intake.remove(5);
    const between = answer.isPaused;
    intake.remove(5);

    expect([before, between, answer.isPaused]).toEqual([true, true, false]);
  });
});
