import type { Comparison, ComparisonVerdict } from '../comparison-types.ts';
import type { DriftFacts } from '../drift-types.ts';
import type { Gate, Rate } from '../gate.ts';
import type { Counts, GateResult, Stop, Verdict } from '../summary-types.ts';
import { formatCount, formatTurns } from './figures.ts';

export const signalExitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

export interface Ended {
  readonly counts: Counts;
  /** Turns that were to be asked and were not. Default: those without a record. */
  readonly left?: number | undefined;
  readonly stop: Stop | null;
  /** Default: none. */
  readonly gates?: readonly GateResult[] | undefined;
  /** The same, as they were given. */
  readonly gated?: readonly Gate[] | undefined;
  /** Default: there is no baseline. */
  readonly comparison?: Pick<Comparison, 'verdict' | 'sentence'> | null | undefined;
  /** Where there is one, its state decides, and the comparison is for information. Default: none. */
  readonly drift?: Pick<DriftFacts, 'state' | 'sentence'> | null | undefined;
  /** What an INCONCLUSIVE comparison is worth. Default: it passes. */
  readonly onInconclusive?: 'pass' | 'fail' | undefined;
}

/**
 * What a batch comes to: the one source of the printed verdict, of `summary.json` and of the exit code.
 * The first that holds, from the top; a batch that nobody stopped and that has turns left was killed, and is to be run again.
 */
export function verdictOf({ counts, left: turnsLeft = counts.not_yet, stop, ...judged }: Ended): Verdict {
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
  return judgedVerdict(counts, judged);
}

/** Of a batch that went through. */
function judgedVerdict(
  counts: Counts,
  {
    gates = [],
    gated = [],
    comparison: compared = null,
    drift = null,
    onInconclusive = 'pass',
  }: Omit<Ended, 'counts' | 'left' | 'stop'>,
): Verdict {
  const comparison = drift === null ? compared : watchedAs(drift);
  const broken = gates.filter(({ holds }) => !holds);
  const regressed = comparison?.verdict === 'REGRESSED' ? [comparison.sentence] : [];
  if (regressed.length > 0 || broken.length > 0) {
    const sentences = [...regressed, ...broken.map(({ sentence }) => sentence)];
    return {
      verdict: regressed.length > 0 ? 'REGRESSED' : 'FAILED',
      exit_code: 1,
      sentence: sentences.join('; '),
    };
  }
  const isTrouble = (rate: Rate, count: number) =>
    count > 0 && !gated.some(({ metric }) => metric.of === 'rate' && metric.name === rate);
  if (isTrouble('error_rate', counts.error) || isTrouble('interrupted_rate', waiting(counts))) {
    return { verdict: 'FAILED', exit_code: 1, sentence: troubleOf(counts) };
  }
  const held =
    gates.length === 0 ? [] : [gates.length === 1 ? 'its gate holds' : `all ${gates.length} gates hold`];
  const told = [...(comparison === null ? [] : [comparison.sentence]), resultOf(counts), ...held].join('; ');
  const verdict = comparison?.verdict ?? 'OK';
  return { verdict, exit_code: exitCodeOf(verdict, onInconclusive), sentence: told };
}

/** One batch by itself proves no change: nothing is left open that another state would not tell. */
const watchedAs = ({ state, sentence }: Pick<DriftFacts, 'state' | 'sentence'>) =>
  ({ verdict: state === 'regressed' ? 'REGRESSED' : 'OK', sentence }) as const;

/** Of what a comparison comes to, by itself. */
export function exitCodeOf(verdict: ComparisonVerdict, onInconclusive: 'pass' | 'fail'): number {
  if (verdict === 'INCONCLUSIVE') return onInconclusive === 'fail' ? 1 : 0;
  return verdict === 'OK' ? 0 : 1;
}

const resultOf = (counts: Counts): string =>
  counts.error > 0 || waiting(counts) > 0 ? troubleOf(counts) : successOf(counts);

/** Those that were not to ask. */
const waiting = ({ interrupted, interrupted_as_expected }: Counts): number =>
  interrupted - interrupted_as_expected;

function leftOf(left: number, { planned }: Counts): string {
  return left === 0 ? 'no turn left' : `${formatCount(left)} of ${formatTurns(planned)} left`;
}

function troubleOf(counts: Counts): string {
  const { error, planned } = counts;
  const interrupted = waiting(counts);
  const waits = interrupted === 1 ? 'waits' : 'wait';
  if (error === 0) return `${formatCount(interrupted)} of ${formatTurns(planned)} ${waits} for a person`;
  const failed = `${formatCount(error)} of ${formatTurns(planned)} failed`;
  return interrupted === 0 ? failed : `${failed}, ${formatCount(interrupted)} ${waits} for a person`;
}

function successOf({ planned, success, skipped, not_yet, interrupted_as_expected: asked }: Counts): string {
  if (planned === 0) return 'there was nothing to ask';
  if (asked > 0) return `${formatTurns(success)} succeeded, ${formatCount(asked)} stopped to ask as expected`;
  if (not_yet > 0) return `${formatTurns(success)} succeeded, ${formatCount(not_yet)} not needed`;
  if (skipped > 0) return `${formatTurns(success)} succeeded, ${formatCount(skipped)} skipped`;
  return success === 1 ? 'the one turn succeeded' : `all ${formatTurns(success)} succeeded`;
}
