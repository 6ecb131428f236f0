/** A job's turns as its scorers see them: a conversation may be judged as a whole, with its last turn. */

import type { Talk } from './contracts.ts';
import type { Recorded } from './job.ts';
import type { Job, Turn, UnscoredRecord } from './types.ts';

export class JobTalk {
  private readonly job: Job;
  private readonly recorded: Recorded;
  /** Of this start, with all their messages: the journal may hold none. */
  private readonly asked = new Map<Turn, UnscoredRecord>();

  constructor(job: Job, recorded: Recorded) {
    this.job = job;
    this.recorded = recorded;
  }

  /** Takes a turn's record in, and gives what stands before it. */
  with(turn: Turn, record: UnscoredRecord): Talk {
    this.asked.set(turn, record);
    const { turns } = this.job;
    return {
      isOneRow: turn.example.turns !== undefined,
      isLast: turn === turns.at(-1),
      earlier: () => Promise.all(turns.slice(0, turns.indexOf(turn)).map((one) => this.recordOf(one))),
    };
  }

  private async recordOf(turn: Turn): Promise<UnscoredRecord> {
    const asked = this.asked.get(turn);
    if (asked !== undefined) return asked;
    return this.recorded.recordOf({
      index: turn.example.index,
      trial: this.job.trial,
      turn: turn.turn ?? 1,
    });
  }
}
