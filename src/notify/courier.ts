/**
 * Delivers notices: what is told is durable first, then sent to each webhook in order, a later notice after the earlier
 * one, and tried again until it is delivered or given up. What fails here is said to people and never told as a notice.
 */

import type { Notice } from '../notice.ts';
import type { Runtime } from '../runtime.ts';
import { shownOrigin, type Webhook } from '../webhook.ts';
import { fateOf, pauseMs } from './fate.ts';
import { letterOf } from './letter.ts';
import type { Post } from './post.ts';
import { readUndelivered, type Undelivered, writeUndelivered } from './undelivered.ts';
import { waitAtMost } from './wait-at-most.ts';

export interface CourierOptions {
  /** Of the file of what is not delivered. */
  readonly path: string;
  readonly post: Post;
  /** For people. */
  readonly say: (line: string) => void;
  readonly runtime: Runtime;
}

/** The oldest beyond that are given up: a receiver that is gone for good fills no disk. */
const mostUndelivered = 1_000;
/** Of those delivered as many are known, so that one told again is not sent again while this process lives. */
const mostKnown = 1_000;

export class Courier {
  private readonly options: CourierOptions;
  private webhooks: readonly Webhook[] = [];
  private undelivered: Undelivered[];
  private readonly delivered = new Set<string>();
  private readonly working = new Map<string, Promise<void>>();
  private saving: Promise<void> = Promise.resolve();
  /** Not begun yet. */
  private nextSave: Promise<void> | null = null;
  private readonly closing = new AbortController();
  private readonly hurry = new AbortController();

  private constructor(options: CourierOptions, undelivered: Undelivered[]) {
    this.options = options;
    this.undelivered = undelivered;
  }

  /** With what an earlier process left. */
  static async open(options: CourierOptions): Promise<Courier> {
    const left = await readUndelivered(options.path);
    if (left === null)
      options.say(`${options.path}: expected undelivered notices, found something else; it is left out.`);
    return new Courier(options, left ?? []);
  }

  /** Whom to tell from now on; what is not delivered to them yet is sent. */
  use(webhooks: readonly Webhook[]): void {
    this.webhooks = webhooks;
    for (const { name } of webhooks) this.work(name);
  }

  /** Resolves once it cannot be lost; it is sent after that. @throws SinkError: it is sent all the same. */
  async tell(notice: Notice): Promise<void> {
    const told = this.webhooks.filter(
      ({ schedule, on }) => schedule === notice.schedule && on.includes(notice.event),
    );
    const fresh = told
      .map(({ name }) => ({ webhook: name, notice }))
      .filter((one) => !this.delivered.has(keyOf(one)));
    if (fresh.length === 0) return;
    const known = new Set(this.undelivered.map(keyOf));
    this.undelivered.push(...fresh.filter((one) => !known.has(keyOf(one))));
    this.dropOldest();
    try {
      await this.save();
    } finally {
      for (const { webhook } of fresh) this.work(webhook);
    }
  }

  /**
   * Tries what is left once more, and gives up waiting after so long; what is not delivered then stays in the file.
   * Gives how many.
   */
  async close(patienceMs: number): Promise<number> {
    this.hurry.abort();
    const idle = Promise.all(this.working.values());
    await waitAtMost(idle, patienceMs, this.options.runtime);
    this.closing.abort();
    await idle;
    await this.saving.catch(() => {});
    return this.undelivered.length;
  }

  private work(name: string): void {
    // Only where something waits: it would be over before it is set down as begun.
    if (this.working.has(name) || this.nextFor(name) === null) return;
    this.working.set(name, this.deliver(name));
  }

  /** All that one webhook is to be told, in order. */
  private async deliver(name: string): Promise<void> {
    const { runtime, say, post } = this.options;
    let tries = 0;
    for (let next = this.nextFor(name); next !== null; next = this.nextFor(name)) {
      const { webhook, entry } = next;
      const now = runtime.date();
      const posted = await post(letterOf(entry.notice, webhook, now), this.closing.signal);
      if (this.closing.signal.aborted && !('status' in posted)) break;
      const fate = fateOf(posted, now.getTime() - Date.parse(entry.notice.at));
      if (fate.is === 'later') {
        tries += 1;
        if (tries === 1) say(`${toldOf(entry, webhook)} is not delivered: ${fate.why}. It is tried again.`);
        await this.pause(pauseMs(tries, fate.retryAfterMs, runtime.random()), fate.retryAfterMs !== null);
        continue;
      }
      tries = 0;
      if (fate.is === 'given up') say(`${toldOf(entry, webhook)} is given up: ${fate.why}.`);
      this.isOver(entry);
      // Should it not be written, it is sent again by the next process: at least once is what is promised.
      await this.save().catch(() => {});
    }
    this.working.delete(name);
  }

  /** Null: nothing is left for it, it is none any more, or the time is up. */
  private nextFor(name: string): { readonly webhook: Webhook; readonly entry: Undelivered } | null {
    const webhook = this.webhooks.find((one) => one.name === name);
    const entry = this.undelivered.find((one) => one.webhook === name);
    return webhook === undefined || entry === undefined || this.closing.signal.aborted
      ? null
      : { webhook, entry };
  }

  /** At the end none is waited for in vain, but where the server asked for it. */
  private async pause(ms: number, isAsked: boolean): Promise<void> {
    const isLast = this.hurry.signal.aborted;
    const { closing, hurry } = this;
    const wake = isAsked || isLast ? closing.signal : AbortSignal.any([closing.signal, hurry.signal]);
    await this.options.runtime.sleep(ms, wake);
  }

  private isOver(entry: Undelivered): void {
    this.undelivered = this.undelivered.filter((one) => one !== entry);
    this.delivered.add(keyOf(entry));
    const [oldest] = this.delivered;
    if (this.delivered.size > mostKnown && oldest !== undefined) this.delivered.delete(oldest);
  }

  private dropOldest(): void {
    const tooMany = this.undelivered.length - mostUndelivered;
    if (tooMany <= 0) return;
    this.undelivered.splice(0, tooMany);
    this.options.say(
      `More than ${mostUndelivered} notices are not delivered: the oldest ${tooMany} are given up.`,
    );
  }

  /** One after the other; what comes while one is written is all in the next. */
  private save(): Promise<void> {
    if (this.nextSave !== null) return this.nextSave;
    const write = () => {
      this.nextSave = null;
      return writeUndelivered(this.options.path, this.undelivered);
    };
    this.nextSave = this.saving.then(write, write);
    this.saving = this.nextSave;
    return this.saving;
  }
}

const keyOf = ({ webhook, notice }: Undelivered) => `${webhook}\0${notice.id}`;

const toldOf = ({ notice }: Undelivered, webhook: Webhook) =>
  `The notice ${notice.event} to ${shownOrigin(webhook)}`;
