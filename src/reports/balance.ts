import type { Summary } from '../summary-types.ts';

/**
 * Sees that a summary tells of each planned turn exactly once.
 *
 * @throws Error A turn counted twice, one that nobody planned, or one that got lost without a reason: a bug.
 */
export function assertAddsUp({
  batch,
  counts,
  failures,
  stop,
}: Pick<Summary, 'batch' | 'counts' | 'failures' | 'stop'>): void {
  const { planned, success, error, interrupted, skipped, not_yet, uncertain } = counts;
  const asExpected = counts.interrupted_as_expected;
  const grouped = failures.reduce((sum, group) => sum + group.count, 0);

  const problems = [
    Object.values(counts).some((count) => !Number.isSafeInteger(count)) && 'a count is no whole number',
    not_yet < 0 && `${-not_yet} more turns ended than were planned`,
    success + error + interrupted + skipped + not_yet !== planned && 'the parts are not the whole',
    asExpected > interrupted && 'more turns were interrupted as expected than at all',
    uncertain > error && 'more turns are uncertain than failed',
    grouped !== error + interrupted + skipped && `${grouped} turns stand under their causes`,
    not_yet > 0 && batch.state === 'finished' && 'a finished batch has turns left',
    not_yet > 0 &&
      batch.state === 'stopped' &&
      stop === null &&
      'turns are left and nothing stopped the batch',
  ].filter((problem) => problem !== false);

  if (problems.length === 0) return;
  const seen = JSON.stringify(counts);
  throw new Error(`The counts do not add up, a bug in threadmill: ${problems.join('; ')}. Counted: ${seen}`);
}
