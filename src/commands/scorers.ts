/** Which scorers a batch has, and whether its dataset's expectations are such as they can judge by. */

import type { NamedScorer, ScorerMeans } from '../contracts.ts';
import { ConfigError, DatasetError } from '../errors.ts';
import type { Gate } from '../gate.ts';
import type { Config } from '../options.ts';
import { type GateGround, gateFaults } from '../reports/gates.ts';
import { createScorers, faultsOf, holdsAssertions, Picker } from '../scorers/index.ts';
import type { BadRow, ColumnRoles, Example, ScorerFacts } from '../types.ts';
import type { Io } from './io.ts';
import { assertJudgeAsked, judgeOf, type NamedJudge } from './judge.ts';

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
  /** Null: none is named. */
  readonly judge: NamedJudge | null;
}

/** What the scorers of a batch are made with. */
export interface BatchMeans extends ScorerMeans {
  readonly judge: NamedJudge | null;
}

/** @throws ConfigError where a judge's prompt cannot be read. */
export async function scorerMeans(
  config: Config,
  io: Pick<Io, 'cwd' | 'env' | 'runtime'>,
): Promise<BatchMeans> {
  const { price, allowCode } = config;
  return { price, allowCode, cwd: io.cwd, judge: await judgeOf(config, io) };
}

const mostNamed = 5;

/** Is shown each row of a dataset while that is checked. */
export class ScorerCheck {
  private readonly picker = new Picker();
  private readonly faults: string[] = [];
  private readonly made: Made;
  private faulty = 0;

  private constructor(made: Made) {
    this.made = made;
  }

  /** @throws ConfigError where a scorer is named that there is not. */
  static async begin({ scorers }: Pick<Config, 'scorers'>, means: BatchMeans): Promise<ScorerCheck> {
    const named = await createScorers(scorers, means);
    const [assertions = [], tools = []] = await Promise.all(
      [['assertions'], ['tools']].map((one) => createScorers(one, means)),
    );
    return new ScorerCheck({ texts: scorers, named, assertions, tools, means });
  }

  see(row: Example | BadRow, roles: ColumnRoles): void {
    if ('problem' in row) return;
    if (this.made.texts.length === 0) this.picker.see(row);
    const faults = faultsOf(this.judging(row, roles), row);
    if (faults.length === 0) return;
    this.faulty += 1;
    if (this.faults.length < mostNamed)
      this.faults.push(`example ${JSON.stringify(row.id)}: ${faults.join('; ')}`);
  }

  /** Of scorers that are picked, those that not every expectation suits. */
  private judging(row: Example, { expected }: ColumnRoles): readonly NamedScorer[] {
    const { texts, named, assertions, tools } = this.made;
    if (texts.length > 0) return named;
    const tooled = row.expectedTools === undefined ? [] : tools;
    return holdsAssertions(expected) ? [...assertions, ...tooled] : tooled;
  }

  /** @throws DatasetError that names the first examples whose expectations cannot be judged by. */
  async end(datasetName: string, { expected, expectedInterrupts }: ColumnRoles): Promise<ChosenScorers> {
    const { texts: named, named: scorers, means } = this.made;
    if (this.faulty > 0) {
      const more = this.faulty - this.faults.length;
      const told = [...this.faults, ...(more > 0 ? [`and ${more} more examples`] : [])].join('\n  ');
      throw new DatasetError(datasetName, `expectations that the scorers cannot judge by:\n  ${told}`);
    }
    const { judge } = means;
    if (named.length > 0) {
      assertJudgeAsked(named, judge);
      return { scorers, choice: { named, used: named, because: null }, judge };
    }
    const picked = this.picker.pick(expected);
    const asksInterrupts = expectedInterrupts !== null && expectedInterrupts !== undefined;
    const used: string[] = asksInterrupts ? [...picked.scorers, 'interrupts'] : [...picked.scorers];
    const isAlone = picked.scorers.length === 0 && asksInterrupts;
    const because = isAlone ? 'examples say what their runs stop to ask' : picked.because;
    assertJudgeAsked(used, judge);
    return { scorers: await createScorers(used, means), choice: { named, used, because }, judge };
  }
}

interface Made {
  /** Those that were named, as they were. */
  readonly texts: readonly string[];
  readonly named: readonly NamedScorer[];
  readonly assertions: readonly NamedScorer[];
  readonly tools: readonly NamedScorer[];
  readonly means: BatchMeans;
}

/** Of a dataset that is read for its rows alone. */
export const unscored: ChosenScorers = {
  scorers: [],
  choice: { named: [], used: [], because: null },
  judge: null,
};

/** As chosen at an earlier start, of a dataset that is unchanged; null where other scorers are named now. */
export async function chosenBefore(
  choice: ScorerChoice | undefined,
  config: Config,
  means: BatchMeans | undefined,
): Promise<ChosenScorers | null> {
  if (means === undefined) return unscored;
  const isSame =
    choice !== undefined &&
    choice.named.length === config.scorers.length &&
    choice.named.every((text, at) => text === config.scorers[at]);
  return isSame ? { scorers: await createScorers(choice.used, means), choice, judge: means.judge } : null;
}

/** @param texts As they were named, in the same order. */
export const scorerFacts = (scorers: readonly NamedScorer[], texts: readonly string[]): ScorerFacts[] =>
  scorers.map(({ name, scorer }, at) => ({
    name,
    text: texts[at] ?? name,
    needs_expected: scorer.needsExpected,
  }));

export const makesSense = (gate: Gate, config: Config, scorers: readonly NamedScorer[]): boolean =>
  gateFaults([gate], groundOf(config, scorers, null)).length === 0;

const groundOf = (
  { repeat, price }: Config,
  scorers: readonly NamedScorer[],
  turns: number | null,
): GateGround => ({
  scorers: scorers.map(({ name }) => name),
  repeat,
  hasPrice: price !== null,
  turns,
});

/** @throws ConfigError where a gate makes no sense for these scorers, or for so many turns. */
export function assertGates(
  config: Config,
  scorers: readonly NamedScorer[],
  turns: number | null = null,
): void {
  const faults = gateFaults(config.gates, groundOf(config, scorers, turns));
  if (faults.length > 0) throw new ConfigError(faults);
}
