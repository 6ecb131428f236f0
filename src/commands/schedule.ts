/** `threadmill schedule`: runs batches on cron expressions, until it is stopped. */

import { readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { ConfigError } from '../errors.ts';
import { nearest } from '../nearest.ts';
import type { Config } from '../options.ts';
import { takeLock } from '../results/lock.ts';
import type { Schedule, Schedules } from '../schedules/schedule.ts';
import { Scheduler } from '../schedules/scheduler.ts';
import { readSchedules } from '../schedules/schedules-file.ts';
import type { SchedulerState, ScheduleState } from '../schedules/state.ts';
import { readState, writeState } from '../schedules/state-file.ts';
import type { Io, StopSignal } from './io.ts';
import { makeDirectories } from './open-batch.ts';
import { createScheduleEffects, type ScheduleEffects } from './schedule-effects.ts';
import { listFirings } from './schedule-list.ts';
import { sayAt } from './schedule-say.ts';
import { openTellers, type Tellers } from './schedule-tellers.ts';
import { createScheduleWatch } from './schedule-watch.ts';

/** Gives the exit code. @throws ConfigError, LockedError, JournalError, SinkError */
export async function schedule(file: string, config: Config, io: Io): Promise<number> {
  const path = resolve(io.cwd, file);
  const schedules = await load(path, io);
  if (config.list) return listFirings(schedules, config, io);
  const home = dirname(path);
  const out = resolve(home, schedules.out);
  if (config.history !== null) {
    const { tellHistory } = await import('./schedule-history.ts');
    return tellHistory(named(schedules, config.history, '--history'), out, config, io);
  }
  const once = config.once === null ? null : named(schedules, config.once, '--once');
  await makeDirectories(out).catch((error: unknown) => {
    throw new ConfigError(
      `out: ${out} cannot be made (${error instanceof Error ? error.message : String(error)})`,
    );
  });
  await using lock = await takeLock(join(out, 'schedules.lock'), io.runtime, 'these schedules');
  const statePath = join(out, 'schedules.json');
  const state = await readState(statePath);
  await using tellers = await openTellers(join(out, 'notices.json'), schedules.all, io);
  const save = (now: SchedulerState) => writeState(statePath, now, lock);
  const effects = createScheduleEffects({ home, out, save, tellers }, io);
  // What is fired by hand waits for no clock.
  const all = once === null ? schedules.all : [{ ...once, timetable: neverDue }];
  const watch = createScheduleWatch(io);
  const scheduler = new Scheduler({ ...schedules, all }, state, watch.effects(effects), {
    runtime: io.runtime,
  });
  const stopping = listen(scheduler, { ...effects, tellers }, { path, out, isOnce: once !== null }, io);
  try {
    if (once === null) {
      const watched = { schedules: () => scheduler.all, state, scheduler, lock, out };
      await using listening = config.listen === 'none' ? null : await watch.listen(config.listen, watched);
      sayAt(io, startText(schedules, file));
      if (listening !== null) sayAt(io, `${listening.url} answers /metrics, /healthz and /readyz.`);
      await scheduler.run();
      return stopping.exitCode ?? 0;
    }
    scheduler.fireNow(once);
    await scheduler.run(() => isOver(state.schedules[once.name]));
    return stopping.exitCode ?? onceCode(state.schedules[once.name]);
  } finally {
    stopping.close();
  }
}

const neverDue = { after: () => null, upTo: () => null };

async function load(path: string, io: Io): Promise<Schedules> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new ConfigError(
      `${path}: cannot be read (${error instanceof Error ? error.message : String(error)})`,
    );
  });
  const read = await readSchedules(text, basename(path), io.env);
  if ('faults' in read) throw new ConfigError(read.faults);
  return read;
}

function named({ all }: Schedules, name: string, option: string): Schedule {
  const found = all.find((one) => one.name === name);
  if (found !== undefined) return found;
  const names = all.map((one) => one.name);
  const near = nearest(name, names);
  throw new ConfigError(
    `${option}: expected one of ${names.join(', ')}, got ${JSON.stringify(name)}${near === null ? '' : `; did you mean ${near}?`}`,
  );
}

function startText({ all }: Schedules, file: string): string {
  const count = all.length === 1 ? 'One schedule' : `${all.length} schedules`;
  return `${count} of ${file}; Ctrl-C stops, and the same command goes on.`;
}

/** By hand nothing is tried again: whoever fired it sees how it went. */
function isOver(state: ScheduleState | undefined): boolean {
  const batches = state?.firing?.batches;
  return state?.firing === null || batches?.every(({ end, tries }) => end !== null || tries > 0) === true;
}

/** Of the batch that asks for most: 3 where one is to be gone on with. */
function onceCode(state: ScheduleState | undefined): number {
  if (state === undefined || state.firing !== null) return 3;
  const codes = state.ended.at(-1)?.batches.map(({ end }) => end?.exit_code ?? 3) ?? [];
  return Math.max(0, ...codes);
}

const stopCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const satisfies Record<StopSignal, number>;

interface Listening {
  readonly path: string;
  /** Absolute. */
  readonly out: string;
  readonly isOnce: boolean;
}

/** SIGHUP reads the file again; the others stop, and a second one gives up what is in flight. */
function listen(
  scheduler: Scheduler,
  effects: ScheduleEffects & { readonly tellers: Tellers },
  { path, out, isOnce }: Listening,
  io: Io,
) {
  let exitCode: number | null = null;
  const reload = async () => {
    try {
      const changed = await load(path, io);
      // The lock and the state are there.
      if (resolve(dirname(path), changed.out) !== out)
        throw new ConfigError(`out: expected ${out}, as before, got ${changed.out}: stop, and start again`);
      scheduler.replace(changed);
      effects.tellers.use(changed.all);
      sayAt(io, `${basename(path)} was read again.`);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      sayAt(io, `${basename(path)} was not taken, the old one goes on:\n${error.faults.join('\n')}`);
    }
  };
  const close = io.onSignal((signal) => {
    if (signal === 'SIGHUP' && !isOnce) return void reload();
    if (exitCode !== null) return effects.giveUp();
    exitCode = stopCodes[signal];
    const { runs } = scheduler;
    const waits = runs === 0 ? '' : `: waiting for ${runs === 1 ? 'the batch' : `${runs} batches`} to stop`;
    sayAt(io, `${signal}${waits}`);
    scheduler.stop();
  });
  return {
    close,
    get exitCode() {
      return exitCode;
    },
  };
}
