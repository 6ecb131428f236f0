/** The scorers by name. To add one: a file, and a line here. */

import type { NamedScorer, Scorer, ScorerKind, ScorerMeans } from '../contracts.ts';
import { ConfigError } from '../errors.ts';
import { nearest } from '../nearest.ts';
import { assertions } from './assertions.ts';
import { contains } from './contains.ts';
import { cost } from './cost.ts';
import { exact } from './exact.ts';
import { icontains } from './icontains.ts';
import { interrupts } from './interrupts.ts';
import { json } from './json.ts';
import { judge } from './judge.ts';
import { latency } from './latency.ts';
import { numeric } from './numeric.ts';
import { oneOf } from './one-of.ts';
import { file } from './own/own.ts';
import { regex } from './regex.ts';
import { similar } from './similar.ts';
import { namingFault, parseScorerSpec, type ScorerSpec } from './spec.ts';
import { startsWith } from './starts-with.ts';
import { steps } from './steps.ts';
import { tokens } from './tokens.ts';
import { tools } from './tools.ts';

export { faultsOf, scoreAll } from './all.ts';
export { holdsAssertions, Picker } from './pick.ts';
export { scoreSafely } from './safely.ts';

export const scorerKinds: Readonly<Record<string, ScorerKind>> = {
  exact,
  contains,
  icontains,
  'starts-with': startsWith,
  regex,
  'one-of': oneOf,
  numeric,
  similar,
  json,
  latency,
  tokens,
  cost,
  steps,
  tools,
  interrupts,
  assertions,
  judge,
  file,
};

/**
 * Makes the scorers that these texts name, in their order: `numeric:0.01`, `regex:^yes,as=polite`, `./mine.ts`.
 * @throws ConfigError with every fault there is: unknown ones, wrong arguments, two of one name.
 */
export async function createScorers(texts: readonly string[], means: ScorerMeans): Promise<NamedScorer[]> {
  const made: NamedScorer[] = [];
  const faults: string[] = [];
  for (const text of texts) {
    const spec = parseScorerSpec(text);
    if (made.some(({ name }) => name === spec.name)) faults.push(twice(spec));
    try {
      made.push({ name: spec.name, scorer: await createScorer(text, spec, means) });
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      faults.push(...error.faults);
    }
  }
  if (faults.length > 0) throw new ConfigError(faults);
  return made;
}

async function createScorer(
  text: string,
  { kind, argument }: ScorerSpec,
  means: ScorerMeans,
): Promise<Scorer> {
  const misnamed = namingFault(text);
  if (misnamed !== null) throw new ConfigError(misnamed);
  const known = Object.hasOwn(scorerKinds, kind) ? scorerKinds[kind] : undefined;
  if (known !== undefined) return known.create(argument, means);
  const all = Object.keys(scorerKinds).filter((name) => scorerKinds[name] !== file);
  const meant = nearest(kind, all);
  const names = meant === null ? `one of ${all.join(', ')}, or a file such as ./mine.ts` : `perhaps ${meant}`;
  throw new ConfigError(`expected the name of a scorer, ${names}, got ${JSON.stringify(kind)}`);
}

const twice = ({ kind, name }: ScorerSpec): string =>
  `two scorers are called ${JSON.stringify(name)}: give one another name, such as ${kind}…,as=another`;
