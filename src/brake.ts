/** When to stop a batch that goes wrong, and which records to hold back until that is known. */

import type { Failure, JobRecord, Stop } from './types.ts';
import type { MaxErrors } from './values.ts';

/** What to do with a record: write it, keep it until the brake knows more, or leave it to the next start. */
export type BrakeWord = 'write' | 'hold' | 'drop';

export interface Brake {
  /** Told of each record that ended since this start, in order of completion. */
  judge(record: JobRecord): BrakeWord;
  /** Why the batch stops, once it does. */
  readonly stop: Stop | null;
}

/** How many that all fail alike stop a batch which nobody gave a limit. */
const firstAlike = 10;

/** Most records held back: with a larger limit the first ones are written. */
const mostHeld = 1_000;

/** @param maxErrors Null: the first ten, if they all fail alike. @param planned Turns in all, for a share. */
export function createBrake(maxErrors: MaxErrors | null, planned: number): Brake {
  const limit = limitOf(maxErrors, planned);
  let stop: Stop | null = null;
  let errors = 0;
  let ended = 0;
  /** The first failure, while all errors are like it. */
  let alike: Failure | null = null;
  let errorsAlike = true;

  const pull = (failure: Failure): Stop | null => {
    if (isNeedsPerson(failure)) return { code: 'needs_person', message: failure.message };
    const isOver = maxErrors === null ? errorsAlike && errors === ended && ended >= limit : errors >= limit;
    if (!isOver) return null;
    const refused = errorsAlike && isRefusal(failure);
    return {
      code: refused ? 'unreachable' : 'brake',
      message: sentence(failure, errors, ended, errorsAlike),
    };
  };

  return {
    get stop() {
      return stop;
    },
    judge: ({ outcome, failure }) => {
      if (outcome === 'skipped') return 'write';
      ended += 1;
      if (outcome !== 'error' || failure === null) return 'write';
      errors += 1;
      errorsAlike &&= alike === null || alike.code === failure.code;
      alike ??= failure;
      stop ??= pull(failure);
      if (failure.may_have_run || !(isRefusal(failure) || isNeedsPerson(failure))) return 'write';
      if (stop !== null) return stop.code === 'brake' ? 'write' : 'drop';
      return errorsAlike && errors === ended && ended < Math.min(limit, mostHeld) ? 'hold' : 'write';
    },
  };
}

function limitOf(maxErrors: MaxErrors | null, planned: number): number {
  if (maxErrors === null) return firstAlike;
  if (maxErrors === 'none') return Number.POSITIVE_INFINITY;
  return 'count' in maxErrors ? maxErrors.count : Math.max(1, Math.ceil(maxErrors.share * planned));
}

/** The server, or the way to it, refuses: it may be better later. */
const isRefusal = ({ kind, code }: Failure) =>
  kind === 'connect' || code === 'HTTP_429' || code === 'HTTP_503';

/** Every row would fail the same way, until a person does something. */
const isNeedsPerson = ({ code }: Failure) => code === 'KEY_REFUSED' || code === 'AGENT_NOT_FOUND';

function sentence({ code, message }: Failure, errors: number, ended: number, alike: boolean): string {
  const which =
    alike && errors === ended ? `the first ${errors} all failed alike` : `${errors} of ${ended} failed`;
  return `${which}, ${alike ? '' : 'the last with '}${code}: ${message}`;
}
