/** A scheduler that is killed, whose batches fail and whose disk fills, at any time and in any order. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SinkError } from '../../src/errors.ts';
import type { Notice } from '../../src/notice.ts';
import type { Effects } from '../../src/schedules/effects.ts';
import type { Ending } from '../../src/schedules/ending.ts';
import type { SchedulerState } from '../../src/schedules/state.ts';
import { reckonFirings } from './reckoning.ts';
import { type Simulated, simulate } from './simulated.ts';

const minuteMs = 60_000;
const startsAt = new Date('2026-11-27T15:31:00Z');

const file = (overlap: string) => `out: results
schedules:
  often: { cron: "*/10 * * * *", dataset: qa.csv, overlap: ${overlap}, url: "http://127.0.0.1:1", agent: a }
`;

type Step =
  | { readonly kind: 'wait'; readonly minutes: number }
  | { readonly kind: 'kill'; readonly downMinutes: number }
  | { readonly kind: 'full'; readonly minutes: number };

interface Plan {
  readonly overlap: string;
  /** How long the state file takes to be written, ms. */
  readonly saveMs: number;
  /** How each start of a batch ends, in turn. */
  readonly fates: readonly { readonly code: number | null; readonly minutes: number }[];
  readonly steps: readonly Step[];
}

/** What is seen of all lives together. */
class Watch {
  readonly started: string[] = [];
  readonly told: Notice[] = [];
  readonly faults: string[] = [];
  saved: SchedulerState | null = null;
  /** Of the first state that was durable: what was due before is nobody's. */
  from: string | null = null;
  private running = 0;
  private isFull = false;
  private life = 0;
  private readonly plan: Plan;

  constructor(plan: Plan) {
    this.plan = plan;
  }

  fill(isFull: boolean): void {
    this.isFull = isFull;
  }

  /** Nothing that the one before does counts any more. */
  nextLife(): void {
    this.life += 1;
    this.running = 0;
  }

  effects(sleep: (ms: number) => Promise<void>): Partial<Effects> {
    const { life } = this;
    return {
      save: async (state) => {
        const written = structuredClone(state);
        await sleep(this.plan.saveMs);
        if (life !== this.life) return;
        if (this.isFull) throw new SinkError('schedules.json: ENOSPC');
        this.saved = written;
        this.from ??= written.schedules['often']?.decided_up_to ?? null;
      },
      tell: async (notice) => {
        if (life === this.life) this.told.push(notice);
      },
      run: (_, { directory }) => (life === this.life ? this.runBatch(directory, life, sleep) : dead),
    };
  }

  private async runBatch(
    directory: string,
    life: number,
    sleep: (ms: number) => Promise<void>,
  ): Promise<Ending> {
    const { firing = null, ended = [] } = this.saved?.schedules['often'] ?? {};
    const isWritten = firing?.batches?.some((batch) => batch.directory === directory && batch.end === null);
    if (isWritten !== true) this.faults.push(`${directory} started before it was written down`);
    if (ended.some(({ batches }) => batches.some((batch) => batch.directory === directory)))
      this.faults.push(`${directory} started after its end was written down`);
    if (this.running > 0) this.faults.push(`${directory} started beside another`);
    const fate = this.plan.fates[this.started.length] ?? { code: 0, minutes: 1 };
    this.started.push(directory);
    this.running += 1;
    await sleep(fate.minutes * minuteMs);
    if (life === this.life) this.running -= 1;
    return { code: fate.code, lastLine: null, summary: null };
  }
}

/** Of a life that is over. */
const dead = new Promise<Ending>(() => {});

async function live(plan: Plan): Promise<{ readonly watch: Watch; readonly until: number }> {
  const watch = new Watch(plan);
  let now = startsAt.getTime();
  let simulated: Simulated = await begin();
  async function begin(): Promise<Simulated> {
    const state = structuredClone(watch.saved ?? undefined);
    return simulate(file(plan.overlap), {
      ...{ startsAt: new Date(now), state, lookEveryMs: 5 * minuteMs },
      effects: (sleep) => watch.effects(sleep),
    });
  }
  const wait = async (minutes: number) => {
    await simulated.advance(minutes * minuteMs);
    now += minutes * minuteMs;
  };
  for (const step of plan.steps) {
    if (step.kind === 'kill') {
      watch.nextLife();
      now += step.downMinutes * minuteMs;
      simulated = await begin();
    } else {
      watch.fill(step.kind === 'full');
      await wait(step.minutes);
      watch.fill(false);
    }
  }
  await wait(60);
  return { watch, until: now };
}

const minutes = fc.double({ min: 0.01, max: 45, noNaN: true });
const plans: fc.Arbitrary<Plan> = fc.record({
  overlap: fc.constantFrom('skip', 'queue'),
  saveMs: fc.integer({ min: 0, max: minuteMs }),
  fates: fc.array(
    fc.record({
      code: fc.constantFrom(0, 0, 0, 1, 3, null),
      minutes: fc.double({ min: 0, max: 25, noNaN: true }),
    }),
    { maxLength: 12 },
  ),
  steps: fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant('wait' as const), minutes }),
      fc.record({ kind: fc.constant('kill' as const), downMinutes: minutes }),
      fc.record({ kind: fc.constant('full' as const), minutes }),
    ),
    { minLength: 1, maxLength: 12 },
  ),
});

const firingOf = (directory: string) =>
  Date.parse(directory.replace(/.*\/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));

/** The first and the last time of each notice of missed firings. */
function missedRanges(told: readonly Notice[]): { readonly first: number; readonly last: number }[] {
  return told
    .filter(({ event }) => event === 'missed')
    .map(({ sentence, firing }) => {
      const [first = ''] = /\d{4}-\d\d-\d\dT[\d:.]+Z/.exec(sentence) ?? [];
      return { first: Date.parse(first), last: Date.parse(firing ?? '') };
    });
}

describe('a scheduler, whatever befalls it', () => {
  it('starts nothing unwritten, nothing beside another, nothing that has ended, and accounts for every firing', async () => {
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        const { watch, until } = await live(plan);
        const { decided_up_to = '', queued = null, firing = null } = watch.saved?.schedules['often'] ?? {};
        const [from, to] = [Date.parse(watch.from ?? ''), Date.parse(decided_up_to)];
        const due = reckonFirings('*/10 * * * *', 'UTC', startsAt.getTime(), to + 1).filter(
          (ms) => ms > from,
        );
        const pending = [queued, firing?.due].map((time) => Date.parse(time ?? ''));
        const seen = new Set([...watch.started.map(firingOf), ...pending]);
        const ranges = missedRanges(watch.told);
        const lost = due.filter(
          (ms) => !seen.has(ms) && !ranges.some(({ first, last }) => first <= ms && ms <= last),
        );

        expect(watch.faults).toEqual([]);
        expect(lost.map((ms) => new Date(ms).toISOString())).toEqual([]);
        expect(until - to).toBeLessThanOrEqual(12 * minuteMs);
      }),
      { numRuns: 50 },
    );
  });
});
