/** `threadmill plan`: how many examples and repeats it takes to find a drop, by a batch that is there. Asks nobody. */

import { commonScorers } from '../comparing/faults.ts';
import { pairSides, scoresOf } from '../comparing/pairing.ts';
import { ConfigError } from '../errors.ts';
import type { Config } from '../options.ts';
import { shownJson } from '../reports/json.ts';
import { renderSizing, type SizingReport } from '../reports/sizing.ts';
import { questionDefaults } from '../stats/power.ts';
import { sizingOf } from '../stats/sizing.ts';
import { hasColour, type Io, widthOf } from './io.ts';
import { openSource } from './sources.ts';

/** Gives the exit code. @throws ConfigError, JournalError */
export async function sizing(batch: string, config: Config, io: Io): Promise<number> {
  const { side } = await openSource(batch, io.cwd, []);
  if (side.scorers.length === 0)
    throw new ConfigError(`${batch}: expected scores, by which to tell how answers vary; it has none`);
  // Paired with itself it tells its examples, whole conversations among them, and their scorers.
  const { pairs } = pairSides(side, side);
  const { names, faults } = commonScorers(side, side, config.comparedScorers);
  if (faults.length > 0) throw new ConfigError(faults);
  const question = { drop: config.drop, ...questionDefaults };
  const report: SizingReport = {
    batch,
    ...question,
    scorers: names.map((name) => {
      const place = side.scorers.indexOf(name);
      const examples = pairs.map(({ candidate }) => ({ scores: scoresOf(candidate, place) }));
      return { name, sizing: sizingOf(examples, question) };
    }),
  };
  io.stdout.write(
    config.comparisonFormat === 'json'
      ? `${shownJson(jsonOf(report), 2)}\n`
      : renderSizing(report, { width: widthOf(io.stdout), colour: hasColour(io.stdout, io.env) }),
  );
  return 0;
}

/** In the words of all that scripts read; null where fewer than two examples have a score. */
function jsonOf({ batch, drop, alpha, power, scorers }: SizingReport) {
  const ofOne = ({ name, sizing: sized }: SizingReport['scorers'][number]) => ({
    name,
    examples: sized?.examples ?? null,
    trials: sized?.trials ?? null,
    mean: sized?.mean ?? null,
    variance_within: sized?.within ?? null,
    variance_is_assumed: sized?.isAssumed ?? null,
    needed: sized?.needed ?? [],
    as_it_is: sized && {
      power: sized.asItIs.power,
      smallest_drop: sized.asItIs.smallestDrop,
      trials_needed: sized.asItIs.trials,
    },
  });
  return { batch, drop, alpha, power, scorers: scorers.map(ofOne) };
}
