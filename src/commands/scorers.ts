/** Which scorers a batch has, and whether its dataset's expectations are such as they can judge by. */

import type { NamedScorer } from '../contracts.ts';
import { ConfigError, DatasetError } from '../errors.ts';
import type { Config } from '../options.ts';
import { gateFaults } from '../reports/gates.ts';
import { createScorers, faultsOf, Picker } from '../scorers/index.ts';
import type { BadRow, ColumnRoles, Example, ScorerFacts } from '../types.ts';

/** Which scorers a dataset was checked for; kept with what else is known of it. */
export interface ScorerChoice {
  /** Those that were named. */
  readonly named: readonly string[];
  /** Those in force: the named ones, or what the dataset asks for. */
  readonly used: readonly string[];
  /** Why these, where none were named. */
  readonly because: string | null;
}

export interface ChosenScorers {
  readonly scorers: readonly NamedScorer[];
  readonly choice: ScorerChoice;
}

const mostNamed = 5;

/** Is shown each row of a dataset while that is checked. */
export class ScorerCheck {
  private readonly picker = new Picker();
  private readonly faults: string[] = [];
  private readonly config: Config;
  private readonly named: readonly NamedScorer[];
  private faulty = 0;

  private constructor(config: Config, named: readonly NamedScorer[]) {
    this.config = config;
    this.named = named;
  }

  /** @throws ConfigError where a scorer is named that there is not. */
  static async begin(config: Config): Promise<ScorerCheck> {
    return new ScorerCheck(config, await createScorers(config.scorers, config));
  }

  see(row: Example | BadRow): void {
    if ('problem' in row) return;
    if (this.config.scorers.length === 0) {
      this.picker.see(row.expected);
      return;
    }
    const faults = faultsOf(this.named, row);
    if (faults.length === 0) return;
    this.faulty += 1;
    if (this.faults.length < mostNamed)
      this.faults.push(`example ${JSON.stringify(row.id)}: ${faults.join('; ')}`);
  }

  /** @throws DatasetError that names the first examples whose expectations cannot be judged by. */
  async end(datasetName: string, { expected, expectedInterrupts }: ColumnRoles): Promise<ChosenScorers> {
    const { scorers: named } = this.config;
    if (this.faulty > 0) {
      const more = this.faulty - this.faults.length;
      const told = [...this.faults, ...(more > 0 ? [`and ${more} more examples`] : [])].join('\n  ');
      throw new DatasetError(datasetName, `expectations that the scorers cannot judge by:\n  ${told}`);
    }
    if (named.length > 0) return { scorers: this.named, choice: { named, used: named, because: null } };
    const { scorer, because } = this.picker.pick(expected);
    const used: string[] = scorer === null ? [] : [scorer];
    if (expectedInterrupts != null) used.push('interrupts');
    const why = scorer === null && used.length > 0 ? 'examples say what their runs stop to ask' : because;
    return { scorers: await createScorers(used, this.config), choice: { named, used, because: why } };
  }
}

/** As chosen at an earlier start, of a dataset that is unchanged; null where other scorers are named now. */
export async function chosenBefore(
  choice: ScorerChoice | undefined,
  config: Config,
): Promise<ChosenScorers | null> {
  const isSame =
    choice !== undefined &&
    choice.named.length === config.scorers.length &&
    choice.named.every((text, at) => text === config.scorers[at]);
  return isSame ? { scorers: await createScorers(choice.used, config), choice } : null;
}

export const scorerFacts = (scorers: readonly NamedScorer[]): ScorerFacts[] =>
  scorers.map(({ name, scorer }) => ({ name, needs_expected: scorer.needsExpected }));

/** @throws ConfigError where a gate makes no sense for these scorers. */
export function assertGates({ gates, repeat, price }: Config, scorers: readonly NamedScorer[]): void {
  const names = scorers.map(({ name }) => name);
  const faults = gateFaults(gates, { scorers: names, repeat, hasPrice: price !== null });
  if (faults.length > 0) throw new ConfigError(faults);
}
