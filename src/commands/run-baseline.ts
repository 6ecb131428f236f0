/** The baseline of a run: checked before the first request, compared with at the end, made by the first. */

import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { commonScorers, faultsOfPairing } from '../comparing/faults.ts';
import { inputHash } from '../comparing/input-hash.ts';
import { type Pair, type Pairing, pairSides } from '../comparing/pairing.ts';
import type { ComparedTurn, Side } from '../comparing/side.ts';
import type { Comparison } from '../comparison-types.ts';
import { ConfigError } from '../errors.ts';
import type { Config } from '../options.ts';
import type { BatchFiles } from '../results/files.ts';
import type { Manifest } from '../results/manifest.ts';
import { parseScorerSpec } from '../scorers/spec.ts';
import { fewestToGate } from '../stats/deciding.ts';
import type { Json } from '../types.ts';
import { writeBaseline } from './baseline.ts';
import { columnsFor, compareSources } from './comparison.ts';
import type { Dataset } from './dataset.ts';
import type { Io } from './io.ts';
import { batchSource, openSource, type Source } from './sources.ts';
import { say } from './tell.ts';

export interface RunBaseline {
  readonly name: string;
  /** Null: it is not there yet, and the batch makes it. */
  readonly source: Source | null;
  /** What is to be asked, as far as it is compared. */
  readonly planned: readonly Pair[];
  /** By which it is compared. */
  readonly scorers: readonly string[];
}

/**
 * Null without `--baseline`.
 * @throws ConfigError where it is none, or none that the batch could be compared with.
 */
export async function openBaseline(
  config: Config,
  dataset: Dataset,
  datasetName: string,
  io: Io,
): Promise<RunBaseline | null> {
  const name = config.baseline;
  if (name === null) return null;
  if (!(await isThere(resolve(io.cwd, name)))) {
    if (config.baselineOptional) {
      say(io, config, `There is no baseline at ${name} yet: this batch makes it, once it is finished.`);
      return { name, source: null, planned: [], scorers: [] };
    }
    throw new ConfigError(
      `--baseline: expected a batch directory or a baseline file, there is none at ${name}; --baseline-optional makes it from the first batch`,
    );
  }
  const source = await openSource(name, io.cwd, columnsFor(noGroups(config)));
  const side = await sideOf(dataset, datasetName);
  const pairing = pairSides(source.side, side);
  const choice = commonScorers(source.side, side, []);
  const faults = [
    ...faultsOfPairing(source.side, side, pairing),
    ...tooFew(pairing, name),
    ...choice.faults,
  ].map((fault) => `--baseline: ${fault}`);
  if (faults.length > 0) throw new ConfigError(faults);
  say(io, config, inCommon(pairing, name));
  const planned = config.stopWhenDecided ? pairing.pairs : [];
  return { name, source, planned, scorers: choice.names };
}

const noGroups = ({ clusterBy }: Config) => ({ groupBy: null, clusterBy });

const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

function tooFew({ pairs }: Pairing, name: string): string[] {
  if (pairs.length !== 1) return [];
  return [
    `${name}: expected at least 2 examples in common, and ${fewestToGate} for an OK; saw one, ${JSON.stringify(pairs[0]?.id)}: one example cannot tell a change from chance`,
  ];
}

function inCommon({ pairs, inputsDiffer, onlyInBaseline, onlyInCandidate }: Pairing, name: string): string {
  const left = [
    inputsDiffer.length > 0 && `${inputsDiffer.length} ask something else`,
    onlyInBaseline.length > 0 && `${onlyInBaseline.length} are only there`,
    onlyInCandidate.length > 0 && `${onlyInCandidate.length} only here`,
  ].filter((part) => part !== false);
  const few = pairs.length < fewestToGate ? `; fewer than ${fewestToGate} give no OK` : '';
  return `Baseline ${name}: ${pairs.length} examples in common${left.length > 0 ? ` (${left.join(', ')})` : ''}${few}.`;
}

/** What the batch will be, before it has a record. */
async function sideOf(dataset: Dataset, path: string): Promise<Side> {
  const turns: ComparedTurn[] = [];
  const firsts = new Map<string, { readonly id: string; count: number }>();
  for await (const row of dataset.examples()) {
    if ('problem' in row) continue;
    const { id, thread } = row;
    const made = (turn: number | null, input: Json, conversation: string): ComparedTurn => {
      return { id, turn, input: inputHash(input), conversation, trials: [], columns: [] };
    };
    if (row.turns !== undefined) turns.push(...row.turns.map((said, at) => made(at + 1, said, id)));
    else if (thread === undefined) turns.push(made(null, row.input, id));
    else {
      const first = firsts.get(thread) ?? { id, count: 0 };
      first.count += 1;
      firsts.set(thread, first);
      turns.push(made(first.count, row.input, first.id));
    }
  }
  const { scorers, choice } = dataset.scoring;
  const facts = {
    id: '',
    path,
    dataset: { name: path, sha256: dataset.facts.sha256 },
    agentVersion: null,
    startedAt: null,
    missing: turns.length,
    specs: Object.fromEntries(choice.used.map((text) => [parseScorerSpec(text).name, text])),
  };
  return { facts, scorers: scorers.map(({ name }) => name), columns: null, turns };
}

export interface EndedBatch {
  readonly files: BatchFiles;
  readonly manifest: Manifest;
  /** As it is named to people. */
  readonly name: string;
}

export interface Compared {
  readonly comparison: Comparison | null;
  /** A sentence each. */
  readonly notes: readonly string[];
}

/** What a finished batch comes to beside its baseline, which it makes where there is none. */
export async function compareAtEnd(
  baseline: RunBaseline | null,
  batch: EndedBatch,
  config: Config,
  io: Io,
): Promise<Compared> {
  if (baseline === null) return { comparison: null, notes: [] };
  const { name, source } = baseline;
  if (source === null) {
    await writeBaseline(batch, resolve(io.cwd, name), config, io);
    return { comparison: null, notes: [`This batch is the baseline from now on: ${name} was made of it.`] };
  }
  const options = { ...config, ...noGroups(config), scorers: [] };
  try {
    const candidate = await batchSource(batch, batch.name, columnsFor(options));
    return { comparison: await compareSources(source, candidate, options), notes: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { comparison: null, notes: error.faults.map((fault) => `--baseline: ${fault}`) };
  }
}
