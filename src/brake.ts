/** When to stop a batch that goes wrong, and which records to hold back until that is known. */

import { isRefusal } from './outage.ts';
import type { Stop } from './summary-types.ts';
import type { Failure, JobRecord } from './types.ts';
import type { MaxErrors } from './values.ts';

/** What to do with a record: write it, keep it while the brake is undecided, or leave it to the next start. */
export type BrakeWord = 'write' | 'hold' | 'drop';

export interface Brake {
  /** Told of each record that ended since this start, in order of completion. */
  judge(record: JobRecord): BrakeWord;
  /** May a stop as unreachable still come? It leaves no record for what is held until then. */
  readonly isUndecided: boolean;
  /** Why the batch stops, once it does. */
  readonly stop: Stop | null;
}

/** How many that all fail alike stop a batch which nobody gave a limit. */
const firstAlike = 10;

/** Most records held back: with a larger limit they are written once there are more. */
const mostHeld = 1_000;

/** @param maxErrors Null: the first ten, if they all fail alike. @param planned Turns in all, for a share. */
export function createBrake(maxErrors: MaxErrors | null, planned: number): Brake {
  const limit = limitOf(maxErrors, planned);
  let stop: Stop | null = null;
  let errors = 0;
  let ended = 0;
  let first: Failure | null = null;
  /** Are all errors like the first one? */
  let areAlike = true;

  /** Could they still be the first ten? */
  const areFirst = () => errors === ended && ended <= firstAlike;
  const isUndecided = () =>
    stop === null &&
    first !== null &&
    areAlike &&
    isRefusal(first) &&
    errors <= mostHeld &&
    (maxErrors === null ? areFirst() : limit !== Number.POSITIVE_INFINITY);

  const stopAt = (failure: Failure): Stop | null => {
    if (isNeedsPerson(failure)) return { code: 'needs_person', message: failure.message };
    const isOver = errors >= limit && (maxErrors !== null || (areAlike && areFirst()));
    if (!isOver) return null;
    const code = areAlike && isRefusal(failure) ? 'unreachable' : 'brake';
    return { code, message: sentence(failure, errors, ended, areAlike) };
  };

  return {
    get stop() {
      return stop;
    },
    get isUndecided() {
      return isUndecided();
    },
    judge: ({ outcome, failure }) => {
      if (outcome === 'skipped' || failure?.code === leftInFlight) return 'write';
      ended += 1;
      if (outcome !== 'error' || failure === null) return 'write';
      errors += 1;
      first ??= failure;
      areAlike &&= first.code === failure.code;
      stop ??= stopAt(failure);
      if (failure.may_have_run) return 'write';
      if (stop !== null) return isCause(failure, stop) ? 'drop' : 'write';
      return isUndecided() ? 'hold' : 'write';
    },
  };
}

/** What an earlier start sent: this one does not ask it, so it tells nothing of how this one goes. */
const leftInFlight = 'LEFT_IN_FLIGHT';

function limitOf(maxErrors: MaxErrors | null, planned: number): number {
  if (maxErrors === null) return firstAlike;
  if (maxErrors === 'none') return Number.POSITIVE_INFINITY;
  return 'count' in maxErrors ? maxErrors.count : Math.max(1, Math.ceil(maxErrors.share * planned));
}

/** Every row would fail the same way, until a person does something. */
const isNeedsPerson = ({ code }: Failure) => code === 'KEY_REFUSED' || code === 'AGENT_NOT_FOUND';

const isCause = (failure: Failure, { code }: Stop) =>
  (code === 'unreachable' && isRefusal(failure)) || (code === 'needs_person' && isNeedsPerson(failure));

function sentence({ code, message }: Failure, errors: number, ended: number, areAlike: boolean): string {
  const which =
    areAlike && errors === ended ? `the first ${errors} all failed alike` : `${errors} of ${ended} failed`;
  return `${which}, ${areAlike ? '' : 'the last with '}${code}: ${message}`;
}
