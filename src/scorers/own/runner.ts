/** Runs a user's scorer on a thread of its own, and waits for it no longer than is sensible. */

import { Worker } from 'node:worker_threads';
import { packageRoot } from '../../package-root.ts';
import { mostTimeouts } from '../../time-limit.ts';
import type { Score, UnscoredRecord } from '../../types.ts';
import { notScored } from '../score.ts';
import { scoreGiven } from './given.ts';
import type { FromThread, Order, ToThread } from './messages.ts';

export interface Patience {
  /** How long a turn's judging may take. */
  readonly answerMs: number;
  /** How long the thread may do nothing but compute, and hear nothing. */
  readonly blockedMs: number;
  /** The same while it loads the file, and what that imports. */
  readonly loadMs: number;
  /** After so long without work the thread is ended; the next turn starts another. */
  readonly idleMs: number;
}

export const patience: Patience = { answerMs: 60_000, blockedMs: 10_000, loadMs: 60_000, idleMs: 5_000 };

const lookEveryMs = 100;

interface Waiting {
  readonly record: UnscoredRecord;
  readonly resolve: (score: Score) => void;
  /** Null: the thread has not come to it yet. */
  beganAt: number | null;
}

type Loading = Extract<FromThread, { readonly is: 'loaded' | 'unusable' }>;

export class ScorerThread {
  private readonly order: Order;
  private readonly patience: Patience;
  /** By id, in order. */
  private readonly waiting = new Map<number, Waiting>();
  private worker: Worker | null = null;
  private isLoaded = false;
  private look: NodeJS.Timeout | null = null;
  private lastId = 0;
  private failures = 0;
  private askedAt: number | null = null;
  private idleSince: number | null = null;
  private onLoaded: ((told: Loading) => void) | null = null;
  /** Counted in looks and not by a clock: a process that slept, or was kept busy, has not heard what came meanwhile. */
  private nowMs = 0;

  constructor(order: Order, limits: Patience) {
    this.order = order;
    this.patience = limits;
  }

  /** Resolves once the file is loaded: does it need an expectation? Else why it cannot be used. */
  load(): Promise<{ readonly needsExpected: boolean } | string> {
    return new Promise((resolve) => {
      this.onLoaded = (told) =>
        resolve(told.is === 'loaded' ? { needsExpected: told.needsExpected } : told.why);
      this.start();
      this.ask();
    });
  }

  score(record: UnscoredRecord): Promise<Score> {
    if (this.failures >= mostTimeouts) return Promise.resolve(notScored(givenUp));
    return new Promise((resolve) => {
      this.lastId += 1;
      this.waiting.set(this.lastId, { record, resolve, beganAt: null });
      this.start();
      this.post({ id: this.lastId, record });
    });
  }

  private start(): void {
    this.idleSince = null;
    if (this.worker === null) this.worker = this.begin();
    else this.worker.ref();
  }

  private begin(): Worker {
    const worker = new Worker(new URL('dist/scorers/own/thread.js', packageRoot), {
      workerData: this.order,
      execArgv: [],
      stdout: true,
    });
    worker.stdout.resume(); // for results alone
    worker.on('message', (message: FromThread) => {
      if (worker === this.worker) this.hear(message);
    });
    worker.on('error', (error) => this.ended(worker, error.stack ?? error.message));
    worker.on('exit', () => this.ended(worker, 'it ended its thread'));
    this.look ??= setInterval(() => this.lookAfter(), lookEveryMs).unref();
    return worker;
  }

  private post(message: ToThread): void {
    this.worker?.postMessage(message);
  }

  private hear(message: FromThread): void {
    if (message.is === 'loaded' || message.is === 'unusable') this.loaded(message);
    if (message.is === 'here' || message.is === 'loaded') this.askedAt = null;
    if ('id' in message) this.hearOf(message);
    this.rest();
  }

  private hearOf(message: Extract<FromThread, { readonly id: number }>): void {
    const one = this.waiting.get(message.id);
    if (one === undefined) return;
    if (message.is === 'began') one.beganAt = this.nowMs;
    else this.settle(message.id, message.is === 'scored' ? scoreGiven(message.given) : thrown(message.stack));
  }

  private loaded(told: Loading): void {
    const { onLoaded } = this;
    this.isLoaded = told.is === 'loaded';
    this.onLoaded = null;
    if (told.is === 'unusable') this.end();
    if (onLoaded !== null) onLoaded(told);
    else if (told.is === 'unusable')
      // it could be loaded before
      for (const id of this.waiting.keys()) this.settle(id, notScored(`the scorer failed: ${told.why}`));
  }

  private settle(id: number, score: Score): void {
    this.waiting.get(id)?.resolve(score);
    this.waiting.delete(id);
    this.rest();
  }

  /** Nothing keeps the process alive that is not waited for. */
  private rest(): void {
    if (this.waiting.size > 0 || this.onLoaded !== null) return;
    this.worker?.unref();
    this.idleSince ??= this.nowMs;
  }

  private lookAfter(): void {
    this.nowMs += lookEveryMs;
    const { answerMs, idleMs } = this.patience;
    if (this.idleSince !== null) {
      if (this.nowMs - this.idleSince > idleMs) this.end();
    } else if (this.askedAt !== null && this.nowMs - this.askedAt > this.blockedMs) this.replace();
    else {
      for (const [id, { beganAt }] of this.waiting) {
        if (beganAt === null || this.nowMs - beganAt <= answerMs) continue;
        this.failures += 1;
        this.settle(id, notScored(`the scorer gave no answer within ${answerMs / 1_000} s`));
      }
      if (this.askedAt === null) this.ask();
    }
  }

  private get blockedMs(): number {
    return this.isLoaded ? this.patience.blockedMs : this.patience.loadMs;
  }

  private ask(): void {
    this.askedAt = this.nowMs;
    this.post('are you there?');
  }

  /** The turn that was begun last holds the thread: the others get another one. */
  private replace(): void {
    const why = `the scorer did not come back within ${this.blockedMs / 1_000} s, and was ended`;
    if (this.onLoaded !== null) this.loaded({ is: 'unusable', why });
    else this.again(this.begun().slice(-1), why);
  }

  /** It ended of itself: whatever it had begun is lost. */
  private ended(worker: Worker, why: string): void {
    if (worker !== this.worker) return;
    if (this.onLoaded !== null) this.loaded({ is: 'unusable', why });
    else this.again(this.begun(), `the scorer failed outside of its answer: ${why}`);
  }

  /** Turns whose judging was begun, in order: they are begun as they were sent. */
  private begun(): number[] {
    return [...this.waiting].filter(([, { beganAt }]) => beganAt !== null).map(([id]) => id);
  }

  /** @param lost Turns that are not scored; the others are asked on a new thread, as long as there is hope. */
  private again(lost: readonly number[], why: string): void {
    this.failures += 1;
    this.end();
    for (const id of lost) this.settle(id, notScored(why));
    for (const [id, one] of this.waiting) {
      if (this.failures >= mostTimeouts) {
        this.settle(id, notScored(givenUp));
        continue;
      }
      one.beganAt = null;
      this.start();
      this.post({ id, record: one.record });
    }
  }

  private end(): void {
    const { worker } = this;
    this.worker = null;
    this.isLoaded = false;
    this.askedAt = null;
    this.idleSince = null;
    if (this.look !== null) clearInterval(this.look);
    this.look = null;
    void worker?.terminate();
  }
}

const givenUp = `the scorer failed to answer ${mostTimeouts} times and is asked no more`;

const thrown = (stack: string): Score => notScored(`the scorer failed: ${stack}`);
