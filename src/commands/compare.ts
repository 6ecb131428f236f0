/** `threadmill compare`: is the candidate worse than the baseline? Asks nobody. */

import type { Config } from '../options.ts';
import { renderComparison } from '../reports/comparison.ts';
import { shownJson } from '../reports/json.ts';
import { exitCodeOf } from '../reports/verdict.ts';
import { columnsFor, compareSources } from './comparison.ts';
import { hasColour, type Io, widthOf } from './io.ts';
import { openSource } from './sources.ts';

/** Gives the exit code: 1 where it is worse. @throws ConfigError, JournalError */
export async function compare(
  [baseline, candidate]: readonly [string, string],
  config: Config,
  io: Io,
): Promise<number> {
  const options = { ...config, scorers: config.comparedScorers };
  const columns = columnsFor(options);
  const before = await openSource(baseline, io.cwd, columns);
  const after = await openSource(candidate, io.cwd, columns);
  const comparison = await compareSources(before, after, options);
  const { verdict } = comparison;
  io.stdout.write(
    config.comparisonFormat === 'json'
      ? `${shownJson(comparison, 2)}\n`
      : renderComparison(comparison, { width: widthOf(io.stdout), colour: hasColour(io.stdout, io.env) }),
  );
  if (verdict === 'INCONCLUSIVE' && config.onInconclusive === 'pass')
    io.stderr.write('Warning: INCONCLUSIVE passes; --on-inconclusive fail makes it exit 1.\n');
  return exitCodeOf(verdict, config.onInconclusive);
}
