/**
 * Asks a judge for many: so many at once, again where that may help, and as one where it cannot be reached.
 *
 * Answers wait for their scores before they are recorded, so all of this is bounded: a judge that is down costs each of
 * them little, once ten in a row have found it so.
 */

import type { JudgeQuestion, JudgeReply, JudgeSaid } from './contracts.ts';
import { RequestError } from './errors.ts';
import { retryDelayMs } from './retry.ts';
import type { Runtime } from './runtime.ts';
import type { Failure } from './types.ts';

export interface JudgingOptions {
  readonly concurrency: number;
  /** For one try; and the longest wait that a judge may ask for. */
  readonly timeoutMs: number;
  /** Further tries; after a try that timed out only one. */
  readonly retries: number;
}

export interface JudgingParts {
  /** Asks once. @throws RequestError where no reply was had. */
  ask(
    question: JudgeQuestion,
    call: { readonly deadline: number; readonly signal: AbortSignal },
  ): Promise<JudgeSaid>;
  /** Aborts: whoever waits gets no reply. */
  readonly signal: AbortSignal;
  /** Told once, where ten in a row came to the same bad end. */
  readonly onTrouble: (sentence: string) => void;
  readonly runtime: Runtime;
}

/** So many questions in a row that end alike: the judge is away, or never says what can be read. */
const manyAlike = 10;

const mostReasons = 50;

const stopped: JudgeReply = { text: null, why: 'the batch was stopped before the judge had replied' };

export class Judging {
  private readonly options: JudgingOptions;
  private readonly parts: JudgingParts;
  private readonly places: Places;
  /** How many questions in a row ended alike, and how. */
  private row = { code: '', count: 0 };
  private isTold = false;
  private asked = 0;
  private unanswered = 0;
  /** All that it told, of replies that say nothing too: they are paid for. */
  private readonly tokens = { input: 0, output: 0, total: 0 };
  /** How often each of the first reasons was given for no reply. */
  private readonly reasons = new Map<string, number>();
  /** Asks for all, while the judge is away. */
  private scout: Promise<JudgeReply> | null = null;
  /** No request before then: the judge asked for it. */
  private restsUntil = Number.NEGATIVE_INFINITY;

  constructor(options: JudgingOptions, parts: JudgingParts) {
    this.options = options;
    this.parts = parts;
    this.places = new Places(options.concurrency, parts.signal);
  }

  /** Bounded, and never rejects but for a bug. */
  async ask(question: JudgeQuestion): Promise<JudgeReply> {
    this.asked += 1;
    const reply = (await this.askAsOne(question)) ?? (await this.askInTurn(question));
    if (reply.text === null) this.countUnanswered(reply.why);
    return reply;
  }

  /** What a person is to know at the end, a sentence each. */
  notes(): string[] {
    return [...this.unansweredNotes(), ...this.tokenNotes()];
  }

  private tokenNotes(): string[] {
    const { input, output, total } = this.tokens;
    if (total === 0) return [];
    const [all, sent, told] = [total, input, output].map((count) => count.toLocaleString('en'));
    return [
      `The judge took ${all} tokens (${sent} in, ${told} out), since this start and beside the agent's.`,
    ];
  }

  private unansweredNotes(): string[] {
    const [most] = [...this.reasons].sort(([, a], [, b]) => b - a);
    if (most === undefined) return [];
    const [why, times] = most;
    const often = times === this.unanswered ? '' : ` (${times.toLocaleString('en')} times)`;
    return [
      `${this.unanswered.toLocaleString('en')} of ${this.asked.toLocaleString('en')} questions to the judge brought no reply and no score: ${why}${often}`,
    ];
  }

  private countUnanswered(why: string): void {
    this.unanswered += 1;
    const known = this.reasons.get(why) ?? 0;
    // Some servers write another message each time.
    if (known > 0 || this.reasons.size < mostReasons) this.reasons.set(why, known + 1);
  }

  private async askInTurn(question: JudgeQuestion): Promise<JudgeReply> {
    if (!(await this.places.take())) return stopped;
    try {
      // It may have gone away while this one waited.
      return (await this.askAsOne(question)) ?? (await this.tryAll(question));
    } finally {
      this.places.free();
    }
  }

  private get isAway(): boolean {
    return this.row.count >= manyAlike && isOfJudge(this.row.code);
  }

  /**
   * Of a judge that is away: one question goes ahead, and the others share its failure. Null: the judge is there, or is
   * back, and this one is still to be asked.
   */
  private async askAsOne(question: JudgeQuestion): Promise<JudgeReply | null> {
    if (!this.isAway) return null;
    if (this.scout === null) {
      const scout = this.tryAll(question);
      this.scout = scout;
      return scout.finally(() => {
        this.scout = null;
      });
    }
    const reply = await this.scout;
    return this.isAway ? reply : null;
  }

  private async tryAll(question: JudgeQuestion): Promise<JudgeReply> {
    const { runtime, signal } = this.parts;
    let timeouts = 0;
    for (let tries = 1; ; tries += 1) {
      await this.rest();
      if (signal.aborted) return stopped;
      const reply = await this.tryOnce(question);
      if (!(reply instanceof RequestError)) return reply;
      if (signal.aborted) return stopped;
      if (reply.failure.kind === 'timeout') timeouts += 1;
      const delayMs = this.isAway || timeouts > 1 ? null : this.delayMs(reply, tries);
      if (delayMs === null) return this.noReply(reply, tries);
      await runtime.sleep(delayMs, signal);
    }
  }

  private async tryOnce(question: JudgeQuestion): Promise<JudgeReply | RequestError> {
    const { ask, runtime, signal } = this.parts;
    try {
      const { text, usage } = await ask(question, {
        deadline: runtime.now() + this.options.timeoutMs,
        signal,
      });
      this.tokens.input += usage?.input_tokens ?? 0;
      this.tokens.output += usage?.output_tokens ?? 0;
      this.tokens.total += usage?.total_tokens ?? 0;
      const isReadable = question.isReadable(text);
      this.note(
        isReadable ? null : { code: unreadable, message: 'replies that hold no score that can be read' },
      );
      return { text };
    } catch (error) {
      if (error instanceof RequestError) return error;
      throw error;
    }
  }

  /** Null: no further try. */
  private delayMs({ failure, retryAfterMs }: RequestError, tries: number): number | null {
    const { runtime } = this.parts;
    const { retries, timeoutMs } = this.options;
    // A try that timed out is to be made again, though it ends a turn of the agent.
    const again: Failure = failure.code === 'TIMEOUT' ? { ...failure, code: 'IDLE_TIMEOUT' } : failure;
    const how = { retries, delivery: 'at-least-once', retryAgent: 'none' } as const;
    const delayMs = retryDelayMs({ failure: again, tries, retryAfterMs }, how, runtime.random());
    if (delayMs === null || delayMs > timeoutMs) return null;
    if (retryAfterMs !== null) this.restsUntil = Math.max(this.restsUntil, runtime.now() + delayMs);
    return delayMs;
  }

  private noReply({ failure, retryAfterMs }: RequestError, tries: number): JudgeReply {
    this.note(failure);
    const asked =
      retryAfterMs === null
        ? ''
        : `; it asks to wait ${Math.ceil(retryAfterMs / 1_000).toLocaleString('en')} s`;
    const times = tries === 1 ? '' : ` in ${tries} tries`;
    return {
      text: null,
      why: `the judge gave no reply${times}: ${failure.message} [${failure.code}]${asked}`,
    };
  }

  /** @param bad Null: it ended well. */
  private note(bad: { readonly code: string; readonly message: string } | null): void {
    if (bad === null) {
      this.row = { code: '', count: 0 };
      return;
    }
    this.row = { code: bad.code, count: this.row.code === bad.code ? this.row.count + 1 : 1 };
    if (this.row.count < manyAlike || this.isTold) return;
    this.isTold = true;
    this.parts.onTrouble(
      isOfJudge(bad.code)
        ? `The judge cannot be reached: ${manyAlike} questions in a row ended alike (${bad.message} [${bad.code}]). The batch goes on; what the judge does not reply to is not scored.`
        : `The judge is of no use so far: ${manyAlike} questions in a row brought ${bad.message}. The batch goes on; these answers are not scored.`,
    );
  }

  /** All of its questions wait while it wants none. */
  private async rest(): Promise<void> {
    const { runtime, signal } = this.parts;
    const waitMs = this.restsUntil - runtime.now();
    if (waitMs > 0) await runtime.sleep(waitMs, signal);
  }
}

const unreadable = 'unreadable';

/** Is it the judge's own, and not one question's? */
const isOfJudge = (code: string): boolean =>
  code !== unreadable && !['HTTP_400', 'HTTP_413', 'HTTP_422', 'AGENT_ERROR', 'NO_RESULT'].includes(code);

/** So many at once, first come, first served. */
class Places {
  private left: number;
  private readonly signal: AbortSignal;
  private readonly waiting: ((isHad: boolean) => void)[] = [];

  constructor(count: number, signal: AbortSignal) {
    this.left = count;
    this.signal = signal;
    signal.addEventListener('abort', () => {
      for (const refuse of this.waiting.splice(0)) refuse(false);
    });
  }

  /** False: it is given up. */
  take(): Promise<boolean> {
    if (this.signal.aborted) return Promise.resolve(false);
    if (this.left === 0) return new Promise((resolve) => this.waiting.push(resolve));
    this.left -= 1;
    return Promise.resolve(true);
  }

  free(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.left += 1;
    else next(true);
  }
}
