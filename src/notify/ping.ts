/** A sign of life, after each good end: where it is not heard in time, whoever listens raises the alarm. */

import type { Runtime } from '../runtime.ts';
import { shownOrigin, type Target } from '../webhook.ts';
import { fateOf, pauseMs } from './fate.ts';
import { pingLetter } from './letter.ts';
import type { Post } from './post.ts';
import { waitAtMost } from './wait-at-most.ts';

interface PingOptions {
  readonly post: Post;
  readonly say: (line: string) => void;
  readonly runtime: Runtime;
}

/** Within some minutes. Later, and after a new start, it would say of another time that all is well. */
const mostTries = 8;

export class Pings {
  private readonly options: PingOptions;
  private readonly closing = new AbortController();
  private readonly underWay = new Set<Promise<void>>();

  constructor(options: PingOptions) {
    this.options = options;
  }

  /** Returns at once: nobody waits for it. */
  send(target: Target): void {
    const sent = this.ping(target).finally(() => this.underWay.delete(sent));
    this.underWay.add(sent);
  }

  /** Gives up waiting after so long. */
  async close(patienceMs: number): Promise<void> {
    await waitAtMost(Promise.all(this.underWay), patienceMs, this.options.runtime);
    this.closing.abort();
    await Promise.all(this.underWay);
  }

  private async ping(target: Target): Promise<void> {
    const { post, say, runtime } = this.options;
    const { signal } = this.closing;
    for (let tries = 1; ; tries += 1) {
      const fate = fateOf(await post(pingLetter(target), signal), 0);
      if (fate.is === 'delivered') return;
      const isLast = fate.is === 'given up' || tries === mostTries;
      if (!isLast) await runtime.sleep(pauseMs(tries, fate.retryAfterMs, runtime.random()), signal);
      if (isLast || signal.aborted)
        return say(`The ping to ${shownOrigin(target)} was not heard: ${fate.why}.`);
    }
  }
}
