/** The baseline of a run: checked before the first request, compared with at the end, made by the first. */

import { access } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { commonScorers, faultsOfPairing } from '../comparing/faults.ts';
import { inputHash } from '../comparing/input-hash.ts';
import { type Pair, pairSides } from '../comparing/pairing.ts';
import type { ComparedTurn, Side } from '../comparing/side.ts';
import type { Comparison } from '../comparison-types.ts';
import type { DriftFacts, LastGood } from '../drift-types.ts';
import { ConfigError } from '../errors.ts';
import { type Config, optionTable } from '../options.ts';
import type { BatchFiles } from '../results/files.ts';
import type { Manifest } from '../results/manifest.ts';
import { parseScorerSpec } from '../scorers/spec.ts';
import type { Json } from '../types.ts';
import { writeBaseline } from './baseline.ts';
import { inCommon, tooFew } from './common-examples.ts';
import { columnsFor, compareSources } from './comparison.ts';
import type { Dataset } from './dataset.ts';
import { driftOf, evidenceOf } from './drift.ts';
import type { Io } from './io.ts';
import { type Before, openLastGood } from './last-good.ts';
import { type Place, shownPath } from './open-batch.ts';
import type { Order } from './order.ts';
import { selectionOf } from './settings.ts';
import { batchSource, openSource, type Source } from './sources.ts';
import { say } from './tell.ts';

export interface RunBaseline {
  readonly name: string;
  /** Null: it is not there yet; where it was named, the batch makes it. */
  readonly source: Source | null;
  /** What is to be asked, as far as it is compared. */
  readonly planned: readonly Pair[];
  /** By which it is compared. */
  readonly scorers: readonly string[];
  /** Of `previous` and `rolling(n)`; null of a baseline that was named. */
  readonly before: Before | null;
}

/** A batch that is to be compared. */
export interface ToCompare {
  readonly order: Pick<Order, 'config' | 'datasetName' | 'target'>;
  readonly dataset: Dataset;
  readonly place: Pick<Place, 'files' | 'manifest'>;
}

/**
 * Null without `--baseline`.
 * @throws ConfigError where it is none, or none that the batch could be compared with.
 */
export async function openBaseline(batch: ToCompare, io: Io): Promise<RunBaseline | null> {
  const { baseline } = batch.order.config;
  if (baseline === null) {
    tellIdle(batch.order.config, io);
    return null;
  }
  return typeof baseline === 'string' ? openNamed(baseline, batch, io) : openFound(baseline, batch, io);
}

/** Who allows a drop and names nothing to drop from would take each exit code 0 for a comparison. */
function tellIdle(config: Config, io: Io): void {
  const isDropMeant = config.maxDrop !== Number(optionTable.maxDrop.default);
  const idle = [
    ...(isDropMeant ? ['--max-drop'] : []),
    ...(config.onInconclusive === 'fail' ? ['--on-inconclusive'] : []),
  ];
  if (idle.length === 0) return;
  say(io, config, `Warning: ${idle.join(', ')}: nothing is compared, for no --baseline is named.`);
}

async function openNamed(name: string, { order, dataset }: ToCompare, io: Io): Promise<RunBaseline> {
  const { config, datasetName } = order;
  if (!(await isThere(resolve(io.cwd, name)))) {
    if (config.baselineOptional) {
      say(io, config, `There is no baseline at ${name} yet: this batch makes it, once it is finished.`);
      return { name, source: null, planned: [], scorers: [], before: null };
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
  return { name, source, planned, scorers: choice.names, before: null };
}

/** What cannot be compared with is left out and told: nobody is there to name another. */
async function openFound(wish: LastGood, { order, dataset, place }: ToCompare, io: Io): Promise<RunBaseline> {
  const { config, datasetName, target } = order;
  const side = await sideOf(dataset, datasetName);
  const about = {
    place,
    datasetPath: datasetName === '-' ? '-' : dataset.path,
    url: target.url,
    agent: target.agent,
    selection: selectionOf(config),
  };
  const { source, before } = await openLastGood(wish, about, side, columnsFor(noGroups(config)), io);
  for (const note of before.notes) say(io, config, `${note}.`);
  if (source === null) {
    const where = shownPath(dirname(place.files.directory), io.cwd);
    say(
      io,
      config,
      `Baseline: no good batch of this dataset, agent and selection lies in ${where} to compare with; gates alone decide.`,
    );
    return { name: where, source, planned: [], scorers: [], before };
  }
  const name = source.side.facts.path;
  say(io, config, inCommon(pairSides(source.side, side), name));
  return { name, source, planned: [], scorers: commonScorers(source.side, side, []).names, before };
}

const noGroups = ({ clusterBy }: Config) => ({ groupBy: null, clusterBy });

const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

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
  /** Null where it is not watched from batch to batch. */
  readonly drift: DriftFacts | null;
  /** A sentence each. */
  readonly notes: readonly string[];
}

export const notCompared: Compared = { comparison: null, drift: null, notes: [] };

/** What a finished batch comes to beside its baseline, which it makes where there is none. */
export async function compareAtEnd(
  baseline: RunBaseline | null,
  batch: EndedBatch,
  config: Config,
  io: Io,
): Promise<Compared> {
  if (baseline === null) return notCompared;
  const { name, source, before } = baseline;
  if (before !== null) return watchAtEnd({ ...baseline, before }, batch, config, io);
  if (source === null) {
    await writeBaseline(batch, resolve(io.cwd, name), config, io);
    return {
      ...notCompared,
      notes: [`This batch is the baseline from now on: ${name} was made of it.`],
    };
  }
  const candidate = await batchSource(batch, batch.name, columnsFor(noGroups(config)));
  return { ...notCompared, ...(await compareTold(source, candidate, config)) };
}

/** Beside the last good ones: the batch's own comparison is told, and what holds from now on decides. */
async function watchAtEnd(
  { source, scorers, before }: RunBaseline & { readonly before: Before },
  batch: EndedBatch,
  config: Config,
  io: Io,
): Promise<Compared> {
  const { agent, started_at } = batch.manifest;
  const facts = {
    before,
    maxDrop: config.maxDrop,
    agentVersion: agent.version,
    startedAt: started_at,
    cwd: io.cwd,
  };
  if (source === null)
    return { comparison: null, drift: driftOf({ ...facts, evidence: [] }), notes: before.notes };
  const candidate = await batchSource(batch, batch.name, columnsFor(noGroups(config)));
  const { comparison, notes } = await compareTold(source, candidate, config);
  const evidence = evidenceOf(source.side, candidate.side, scorers, config.maxDrop);
  return { comparison, drift: driftOf({ ...facts, evidence }), notes: [...before.notes, ...notes] };
}

async function compareTold(
  source: Source,
  candidate: Source,
  config: Config,
): Promise<Pick<Compared, 'comparison' | 'notes'>> {
  const options = { ...config, ...noGroups(config), scorers: [] };
  try {
    return { comparison: await compareSources(source, candidate, options), notes: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { comparison: null, notes: error.faults.map((fault) => `--baseline: ${fault}`) };
  }
}
