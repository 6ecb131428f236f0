import type { Counts, Stop, Verdict } from '../types.ts';
import { formatCount, formatTurns } from './figures.ts';

export const signalExitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/**
 * What a batch comes to: the one source of the printed verdict, of `summary.json` and of the exit code.
 * The first that holds, from the top; a batch that nobody stopped and that has turns left was killed, and is to be run again.
 */
export function verdictOf({
  counts,
  left: turnsLeft = counts.not_yet,
  stop,
}: {
  readonly counts: Counts;
  /** Turns that were to be asked and were not. Default: those without a record. */
  readonly left?: number | undefined;
  readonly stop: Stop | null;
}): Verdict {
  const left = leftOf(turnsLeft, counts);

  if (stop?.code === 'signal' && turnsLeft > 0) {
    const signal = stop.signal ?? 'SIGTERM';
    return {
      verdict: 'INCONCLUSIVE',
      exit_code: signalExitCodes[signal],
      sentence: `stopped by ${signal}, ${left}`,
    };
  }
  if (stop?.code === 'needs_person') {
    return { verdict: 'FAILED', exit_code: 4, sentence: `could not go on, ${left}` };
  }
  if (stop?.code === 'unreachable' || stop?.code === 'try_later') {
    return { verdict: 'INCONCLUSIVE', exit_code: 3, sentence: `could not go on yet, ${left}` };
  }
  if ((stop === null || stop.code === 'rest') && counts.not_yet > 0) {
    return { verdict: 'INCONCLUSIVE', exit_code: 3, sentence: `not finished, ${left}` };
  }
  if (stop?.code === 'brake') return { verdict: 'FAILED', exit_code: 1, sentence: `stopped early, ${left}` };
  if (stop?.code === 'budget') {
    return { verdict: 'FAILED', exit_code: 1, sentence: `stopped by its budget, ${left}` };
  }
  if (counts.error > 0 || counts.interrupted > 0) {
    return { verdict: 'FAILED', exit_code: 1, sentence: troubleOf(counts) };
  }
  return { verdict: 'OK', exit_code: 0, sentence: successOf(counts) };
}

function leftOf(left: number, { planned }: Counts): string {
  return left === 0 ? 'no turn left' : `${formatCount(left)} of ${formatTurns(planned)} left`;
}

function troubleOf({ error, interrupted, planned }: Counts): string {
  const waits = interrupted === 1 ? 'waits' : 'wait';
  if (error === 0) return `${formatCount(interrupted)} of ${formatTurns(planned)} ${waits} for a person`;
  const failed = `${formatCount(error)} of ${formatTurns(planned)} failed`;
  return interrupted === 0 ? failed : `${failed}, ${formatCount(interrupted)} ${waits} for a person`;
}

function successOf({ planned, success, skipped }: Counts): string {
  if (planned === 0) return 'there was nothing to ask';
  if (skipped > 0) return `${formatTurns(success)} succeeded, ${formatCount(skipped)} skipped`;
  return success === 1 ? 'the one turn succeeded' : `all ${formatTurns(success)} succeeded`;
}
