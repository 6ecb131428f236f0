/** A scheduler whose batches are made up: what it starts, tells and keeps is there to be looked at. */

import type { Notice } from '../../src/notice.ts';
import type { Runtime } from '../../src/runtime.ts';
import type { Effects } from '../../src/schedules/effects.ts';
import type { Schedules } from '../../src/schedules/schedule.ts';
import { Scheduler } from '../../src/schedules/scheduler.ts';
import { readSchedules } from '../../src/schedules/schedules-file.ts';
import { firingName, type SchedulerState } from '../../src/schedules/state.ts';
import type { Work } from '../../src/schedules/transitions.ts';
import { manualRuntime } from '../support/manual-runtime.ts';

export interface Simulated extends AsyncDisposable {
  /** Directories of the batches that were started, in order: `nightly/20260329T010000Z`. */
  readonly started: readonly string[];
  readonly told: readonly Notice[];
  /** What people were told. */
  readonly said: readonly string[];
  /** As it was last made durable; null: never. */
  state(): SchedulerState | null;
  /** Lets time go by. */
  advance(ms: number): Promise<void>;
  /** Sets the wall clock; nothing else knows of it. */
  setClock(byMs: number): void;
  /** As a file that has changed. */
  replace(text: string): Promise<void>;
}

export interface SimulatedOptions {
  readonly startsAt: Date;
  /** Of an earlier scheduler. */
  readonly state?: SchedulerState | undefined;
  /** How long a batch takes, ms. */
  readonly takesMs?: number | undefined;
  /** How often the clock is looked at, ms. */
  readonly lookEveryMs?: number | undefined;
  /** What comes in the way of a batch or of the state file. @param sleep By the hand-moved clock. */
  readonly effects?: ((sleep: Runtime['sleep']) => Partial<Effects>) | undefined;
}

export async function simulate(text: string, options: SimulatedOptions): Promise<Simulated> {
  const hand = manualRuntime({ startsAt: options.startsAt });
  let offMs = 0;
  const runtime: Runtime = { ...hand, date: () => new Date(hand.date().getTime() + offMs) };
  const started: string[] = [];
  const told: Notice[] = [];
  const said: string[] = [];
  let state: SchedulerState | null = null;
  const effects: Effects = {
    worksOf: async ({ name, dataset }, { due }) => [
      { dataset, directory: `${name}/${firingName(due)}`, file: null } satisfies Work,
    ],
    run: async (_, { directory }, signal) => {
      started.push(directory);
      await runtime.sleep(options.takesMs ?? 0, signal);
      return { code: 0, lastLine: null, summary: null };
    },
    save: async (now) => {
      state = structuredClone(now);
    },
    tell: async (notice) => void told.push(notice),
    over: async () => {},
    say: (line) => void said.push(line),
    ...options.effects?.(hand.sleep),
  };
  const scheduler = new Scheduler(
    await schedulesOf(text),
    options.state ?? { format: 1, schedules: {} },
    effects,
    { runtime, lookEveryMs: options.lookEveryMs ?? 5_000 },
  );
  const ended = scheduler.run();
  await hand.advance(0);
  return {
    ...{ started, told, said, advance: hand.advance },
    state: () => state,
    setClock: (byMs) => {
      offMs += byMs;
    },
    replace: async (changed) => scheduler.replace(await schedulesOf(changed)),
    [Symbol.asyncDispose]: async () => {
      scheduler.stop();
      await ended;
    },
  };
}

async function schedulesOf(text: string): Promise<Schedules> {
  const read = await readSchedules(text, 'schedules.yaml', {});
  if ('faults' in read) throw new Error(read.faults.join('\n'));
  return read;
}
