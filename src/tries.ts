/** What the tries of a turn come to, while none has brought an outcome that stands. */

import { RequestError } from './errors.ts';
import { failed } from './outcome.ts';
import { agentRetryDelayMs, type RetryOptions, retryDelayMs } from './retry.ts';
import type { Failure, Outcome } from './types.ts';

/** @param wasUnknown Is it unknown how an earlier revision of the turn ended? */
export function createTries(options: RetryOptions, wasUnknown: boolean) {
  /** Those that count: not those of an outage. */
  let requests = 0;
  let agents = 0;
  let mayHaveRun = wasUnknown;
  let isUnknown = wasUnknown;
  let partial: string | null = null;

  return {
    note: (error: RequestError) => {
      isUnknown ||= error.failure.may_have_run;
      mayHaveRun ||= isUnknown;
      partial = error.partial ?? partial;
    },
    /** ms until the next one; null where what came stands. */
    delayMs: (ended: Outcome | RequestError, random: number): number | null => {
      const { failure } = ended;
      if (ended instanceof RequestError) {
        requests += 1;
        const { retryAfterMs } = ended;
        return retryDelayMs({ failure: ended.failure, tries: requests, retryAfterMs }, options, random);
      }
      if (ended.outcome !== 'error' || failure === null) return null;
      agents += 1;
      mayHaveRun ||= failure.may_have_run;
      isUnknown = false; // this one's end is known
      return agentRetryDelayMs({ failure, tries: agents }, options, random);
    },
    /** No try brought one. What an earlier try may have done counts too. */
    endedBy: (failure: Failure): Outcome =>
      failed({ ...failure, may_have_run: mayHaveRun, uncertain: isUnknown }, { response: partial }),
  };
}
