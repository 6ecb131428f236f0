/** Whom the scheduler tells: the webhooks of all schedules, by one file of what is not delivered, and their pings. */

import type { Notice } from '../notice.ts';
import { Courier } from '../notify/courier.ts';
import { Pings } from '../notify/ping.ts';
import { createPost, longestTryMs } from '../notify/post.ts';
import type { Schedule } from '../schedules/schedule.ts';
import { proxiesOf } from './agent.ts';
import type { Io } from './io.ts';
import { sayAt } from './schedule-say.ts';

export interface Tellers extends AsyncDisposable {
  /** What holds from now on. */
  use(schedules: readonly Schedule[]): void;
  /** Resolves once it cannot be lost. @throws SinkError */
  tell(notice: Notice): Promise<void>;
  /** A firing went well. */
  good(schedule: Schedule): void;
}

/** At the end, for what is not delivered: the rest is sent by the next start. */
const patienceMs = 10_000;

export async function openTellers(path: string, schedules: readonly Schedule[], io: Io): Promise<Tellers> {
  const say = (line: string) => sayAt(io, line);
  const { runtime } = io;
  const post = createPost({ timeoutMs: longestTryMs, proxies: proxiesOf(io.env) }, runtime);
  const courier = await Courier.open({ path, post, say, runtime });
  const pings = new Pings({ post, say, runtime });
  const use = (all: readonly Schedule[]) => courier.use(all.flatMap(({ webhooks }) => webhooks));
  use(schedules);
  return {
    use,
    tell: (notice) => courier.tell(notice),
    good: (schedule) => {
      if (schedule.ping !== null) pings.send(schedule.ping);
    },
    [Symbol.asyncDispose]: async () => {
      const [left] = await Promise.all([courier.close(patienceMs), pings.close(patienceMs)]);
      if (left > 0)
        say(
          `${left === 1 ? 'One notice is' : `${left} notices are`} not delivered, and kept: the next start sends them.`,
        );
    },
  };
}
