/**
 * The scheduler: looks at the clock, writes down what it will do, and does it. What it does is handed in.
 *
 *   look: what has ended → told, written down
 *         what is due    → decided (due.ts), written down
 *         what may start → started, once all of that is durable
 *
 * What is told comes before what is written: a kill in between tells it again under the same id, and loses nothing.
 */

import { SinkError } from '../errors.ts';
import type { Runtime } from '../runtime.ts';
import { decide, lateAfterMs } from './due.ts';
import { type Effects, type SchedulerOptions, schedulerDefaults } from './effects.ts';
import { type Ending, endOf, givenUp, healthOf } from './ending.ts';
import { changeNotice, endNotice, missedNotices, startedNotice, type Told } from './notices.ts';
import { isPattern, type Schedule, type Schedules } from './schedule.ts';
import {
  type BatchEnd,
  type Firing,
  type FiringBatch,
  iso,
  newState,
  type SchedulerState,
  type ScheduleState,
} from './state.ts';
import { close, end, firingAt, postpone, take, verdictOf } from './transitions.ts';
import { busyOf, hasCome, nextMoments, startable } from './waiting.ts';

interface Run {
  readonly schedule: Schedule;
  readonly firing: Firing;
  readonly batch: FiringBatch;
}

const unknownEnding: Ending = { code: null, lastLine: null, summary: null };

export class Scheduler {
  private schedules: Schedules;
  private readonly state: SchedulerState;
  private readonly effects: Effects;
  private readonly runtime: Runtime;
  private readonly options: SchedulerOptions;
  /** Until its end is taken, too: it may come in the midst of a look. */
  private readonly running = new Set<FiringBatch>();
  private readonly lastEndings = new WeakMap<FiringBatch, Ending>();
  private readonly ended: (Run & { readonly ending: Ending })[] = [];
  private readonly closed: Schedule[] = [];
  private readonly stopping = new AbortController();
  private nudge = new AbortController();
  private isDurable = true;
  /** Is the clock before what was decided? */
  private isBehind = false;
  /** `Runtime.now()` of the last look that went through: does it live? */
  lookedAt: number;

  constructor(
    schedules: Schedules,
    state: SchedulerState,
    effects: Effects,
    { runtime, ...options }: { readonly runtime: Runtime } & Partial<SchedulerOptions>,
  ) {
    this.schedules = schedules;
    this.state = state;
    this.effects = effects;
    this.runtime = runtime;
    this.options = { ...schedulerDefaults, ...options };
    this.lookedAt = runtime.now();
  }

  /** Those of the file as it was read last. */
  get all(): readonly Schedule[] {
    return this.schedules.all;
  }

  /** How many batches run now. */
  get runs(): number {
    return this.running.size;
  }

  /** What the next look goes by. What runs goes on as it was begun. */
  replace(schedules: Schedules): void {
    this.schedules = schedules;
    this.nudge.abort();
  }

  /** No more firings; what runs is to stop, and the next start goes on with it. */
  stop(): void {
    this.stopping.abort();
    this.nudge.abort();
  }

  /** Begins a firing now, whenever one is due; goes on with the one that is under way. */
  fireNow(schedule: Schedule): void {
    const state = this.stateOf(schedule);
    state.firing ??= firingAt(Math.floor(this.wallMs() / 1_000) * 1_000, schedule, 0);
    this.isDurable = false;
  }

  /**
   * Looks and does, until it is stopped and nothing runs any more, or until `isOver`.
   * @throws LockedError where another scheduler has the state.
   */
  async run(isOver: () => boolean = () => false): Promise<void> {
    try {
      for (;;) {
        this.nudge = new AbortController();
        const waitMs = await this.look();
        const isIdle = this.running.size === 0;
        if (isIdle && (this.stopping.signal.aborted || isOver())) return;
        await this.runtime.sleep(waitMs, this.nudge.signal);
      }
    } finally {
      this.stopping.abort();
    }
  }

  /** Gives how long nothing is to be done, ms. */
  private async look(): Promise<number> {
    const from = this.wallMs();
    try {
      await this.takeEnds();
      if (!this.stopping.signal.aborted) {
        this.tellClock();
        for (const schedule of this.schedules.all) await this.decideFor(schedule);
        for (const schedule of this.schedules.all) await this.findWorks(schedule);
      }
      await this.makeDurable();
      await this.tidyUp();
      if (!this.stopping.signal.aborted) this.startAll();
      this.lookedAt = this.runtime.now();
      return this.restMs(from);
    } catch (error) {
      if (!(error instanceof SinkError)) throw error;
      // The disk is full, or its place is gone: nothing is started that could not be written down.
      this.effects.say(`${error.message}. Tried again in ${this.options.lookEveryMs / 1_000} s.`);
      return this.options.lookEveryMs;
    }
  }

  private async takeEnds(): Promise<void> {
    for (let next = this.ended[0]; next !== undefined; next = this.ended[0]) {
      const { batch, ending } = next;
      this.lastEndings.set(batch, ending);
      const how = endOf(ending);
      if (how !== null) await this.endBatch(next, how);
      else if (!this.stopping.signal.aborted) this.tryLater(next);
      this.ended.shift();
      this.running.delete(batch);
    }
  }

  private async endBatch({ schedule, firing, batch }: Run, how: BatchEnd): Promise<void> {
    const { summary } = this.lastEndings.get(batch) ?? unknownEnding;
    const ended = { summary, health: healthOf(how) };
    await this.effects.tell(endNotice(this.told(schedule, firing), { ...batch, end: how }, ended));
    end(this.stateOf(schedule), batch, { end: how, isFinished: summary?.batch.state === 'finished' });
    this.isDurable = false;
    if (firing.batches?.every(({ end }) => end !== null)) await this.endFiring(schedule, firing);
  }

  private tryLater({ schedule, batch }: Run): void {
    const { code, lastLine } = this.lastEndings.get(batch) ?? unknownEnding;
    const pauseMs = postpone(batch, this.wallMs(), this.options, this.runtime.random());
    this.isDurable = false;
    const how = code === null ? 'was killed' : `ended with exit code ${code}`;
    const why = lastLine === null ? '' : ` (${lastLine})`;
    const seconds = Math.ceil(pauseMs / 1_000);
    this.effects.say(`${schedule.name}: ${batch.directory} ${how}${why}; tried again in ${seconds} s.`);
  }

  /** All its batches have ended. */
  private async endFiring(schedule: Schedule, firing: Firing): Promise<void> {
    const state = this.stateOf(schedule);
    const verdict = verdictOf(firing);
    if (verdict !== null) {
      const { health, batch } = verdict;
      const { summary } = this.lastEndings.get(batch) ?? unknownEnding;
      const change = { before: state.health, now: health };
      const notice = changeNotice(this.told(schedule, firing), change, { batch, summary });
      if (notice !== null) await this.effects.tell(notice);
      this.closed.push(schedule);
    }
    close(state, schedule, this.wallMs());
    this.isDurable = false;
  }

  /** Until the clock is where it was, nothing fires: whoever looks for it should find why. */
  private tellClock(): void {
    const now = this.wallMs();
    const decided = this.schedules.all.map((schedule) => Date.parse(this.stateOf(schedule).decided_up_to));
    const furthest = Math.max(...decided);
    const isBehind = furthest - now > lateAfterMs;
    if (isBehind && !this.isBehind)
      this.effects.say(
        `The clock was set back to ${iso(now)}: nothing due up to ${iso(furthest)} fires again, so that none fires twice.`,
      );
    this.isBehind = isBehind;
  }

  private async decideFor(schedule: Schedule): Promise<void> {
    const state = this.stateOf(schedule);
    const standing = {
      decidedUpTo: Date.parse(state.decided_up_to),
      busy: busyOf(state, this.running),
      queued: state.queued === null ? null : Date.parse(state.queued),
    };
    const { decidedUpTo, fire, queued, missed } = decide(schedule, standing, this.wallMs());
    if (fire === null && missed.length === 0 && queued === standing.queued) return;
    const at = { schedule: schedule.name, at: this.wallMs() };
    // Files that arrive are none the worse: the next firing takes them all.
    const told = isPattern(schedule.dataset) ? [] : missedNotices(at, missed);
    for (const notice of told) await this.effects.tell(notice);
    if (fire !== null && state.firing !== null) await this.giveUp(schedule, state.firing);
    state.decided_up_to = iso(decidedUpTo);
    state.queued = queued === null ? null : iso(queued);
    if (fire !== null) state.firing = firingAt(fire, schedule, this.runtime.random());
    this.isDurable = false;
  }

  /** The next is due, and this one still waits to be tried again. */
  private async giveUp(schedule: Schedule, firing: Firing): Promise<void> {
    for (const batch of firing.batches ?? []) {
      const ending = this.lastEndings.get(batch) ?? unknownEnding;
      if (batch.end === null) await this.endBatch({ schedule, firing, batch }, givenUp(ending));
    }
  }

  private async findWorks(schedule: Schedule): Promise<void> {
    const state = this.stateOf(schedule);
    const { firing } = state;
    if (firing === null || firing.batches !== null) return;
    if (!hasCome(firing.starts_at, this.wallMs(), schedule.jitterMs)) return;
    const works = await this.effects.worksOf(schedule, firing, state);
    if (works === null) return;
    take(state, firing, works);
    this.isDurable = false;
    if (works.length === 0) await this.endFiring(schedule, firing);
  }

  private async makeDurable(): Promise<void> {
    if (this.isDurable) return;
    await this.effects.save(this.state);
    this.isDurable = true;
  }

  private async tidyUp(): Promise<void> {
    for (const schedule of this.closed.splice(0)) await this.effects.over(schedule, this.stateOf(schedule));
  }

  /** Those that have waited longest first, as many as may run at once. */
  private startAll(): void {
    const now = this.wallMs();
    const { longestPauseMs } = this.options;
    const all = this.schedules.all.flatMap((schedule) => {
      const state = this.stateOf(schedule);
      const { firing } = state;
      const batches = startable(state, this.running, { now, longestPauseMs });
      return firing === null ? [] : batches.map((batch) => ({ schedule, firing, batch }));
    });
    all.sort((one, other) => (one.batch.next_try_at < other.batch.next_try_at ? -1 : 1));
    const places = (this.schedules.maxBatches ?? Number.POSITIVE_INFINITY) - this.running.size;
    for (const run of all.slice(0, Math.max(0, places))) this.start(run);
  }

  private start(run: Run): void {
    this.running.add(run.batch);
    const { schedule, batch } = run;
    void this.tellStart(run)
      .then(() => this.effects.run(schedule, batch, this.stopping.signal))
      .catch((error: unknown) => ({ ...unknownEnding, lastLine: String(error) }))
      .then((ending) => {
        this.ended.push({ ...run, ending });
        this.nudge.abort();
      });
  }

  private async tellStart({ schedule, firing, batch }: Run): Promise<void> {
    if (batch.tries === 0) await this.effects.tell(startedNotice(this.told(schedule, firing), batch));
  }

  /**
   * Until the next firing is due, or the next try, or the next look at the clock.
   * @param from When this look began: what fell due in the midst of it was not seen.
   */
  private restMs(from: number): number {
    const times = this.schedules.all.flatMap((one) => nextMoments(one, this.stateOf(one), from));
    return Math.max(0, Math.min(this.options.lookEveryMs, ...times.map((at) => at - this.wallMs())));
  }

  private stateOf({ name }: Schedule): ScheduleState {
    const { schedules } = this.state;
    // A schedule may be called "constructor".
    const found = Object.hasOwn(schedules, name) ? schedules[name] : undefined;
    if (found !== undefined) return found;
    const state = newState(this.wallMs());
    schedules[name] = state;
    this.isDurable = false;
    return state;
  }

  private told({ name }: Schedule, { due }: Firing): Told {
    return { schedule: name, due, at: this.wallMs() };
  }

  private wallMs(): number {
    return this.runtime.date().getTime();
  }
}
