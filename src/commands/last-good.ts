/** `--baseline previous` and `rolling(n)`: the last good batches beside a batch, taken together as its baseline. */

import { dirname } from 'node:path';
import { commonScorers, faultsOfPairing } from '../comparing/faults.ts';
import { answerKey } from '../comparing/flips.ts';
import { pairSides } from '../comparing/pairing.ts';
import { poolSides } from '../comparing/pool.ts';
import type { Side } from '../comparing/side.ts';
import type { LastGood } from '../drift-types.ts';
import { ConfigError, JournalError } from '../errors.ts';
import type { HistoryRow } from '../history-types.ts';
import { historyOf } from '../results/history.ts';
import { type Manifest, type Selection, sameSelection } from '../results/manifest.ts';
import { isAtRest } from '../stats/drift.ts';
import { tooFew } from './common-examples.ts';
import type { Io } from './io.ts';
import { type Place, shownPath } from './open-batch.ts';
import { type AnswerTexts, openSource, type Source } from './sources.ts';

/** What a batch is about, so that others of the same are found. */
export interface About {
  readonly place: Pick<Place, 'files' | 'manifest'>;
  /** Absolute, or `-`. */
  readonly datasetPath: string;
  readonly url: string;
  readonly agent: string;
  readonly selection: Selection;
}

/** What came before a batch. */
export interface Before {
  /** Of the same, begun before it, the newest first, back to the oldest good one; also those that were not good. */
  readonly batches: readonly HistoryRow[];
  /** Those among them that it is measured by. */
  readonly good: readonly HistoryRow[];
  /** What was left out, and why; a sentence each. */
  readonly notes: readonly string[];
}

export interface Found {
  /** Null: there is nothing to compare with. */
  readonly source: Source | null;
  readonly before: Before;
}

const leftOut = 'Left out of the baseline';

/** @param planned What the batch will be. @param columns Of the metadata, whose values are wanted. */
export async function openLastGood(
  { last }: LastGood,
  about: About,
  planned: Side,
  columns: readonly string[],
  io: Io,
): Promise<Found> {
  const batches = await batchesBefore(last, about, io);
  const notes = batches.flatMap(({ fault }) => (fault === null ? [] : [`${leftOut}: ${fault}`]));
  const opened: { readonly batch: HistoryRow; readonly source: Source }[] = [];
  for (const batch of batches.filter(isGood)) {
    const name = shownPath(batch.directory, io.cwd);
    const source = await comparable(name, planned, columns, io);
    if (source instanceof ConfigError) notes.push(`${leftOut}: ${source.faults.join('; ')}`);
    else opened.push({ batch, source });
  }
  const good = opened.map(({ batch }) => batch);
  const [newest, ...older] = opened.map(({ source }) => source);
  if (newest === undefined) return { source: null, before: { batches, good, notes } };
  const pooled = poolOf([newest, ...older], last === 1 ? 'previous' : `rolling(${last})`);
  return { source: pooled.source, before: { batches, good, notes: [...notes, ...pooled.notes] } };
}

/** Back to so many good ones: what came before these tells nothing more. */
async function batchesBefore(
  last: number,
  { place, datasetPath, url, agent, selection }: About,
  io: Io,
): Promise<HistoryRow[]> {
  const { directory } = place.files;
  const began = place.manifest?.started_at ?? io.runtime.date().toISOString();
  // More trials of each example are more of the same.
  const which = (its: Selection) => ({ ...its, repeat: 1 });
  const isSame = ({ dataset, identity, selection: its, started_at }: Manifest) =>
    dataset.path === datasetPath &&
    identity.url === url &&
    identity.agent === agent &&
    sameSelection(which(its), which(selection)) &&
    Date.parse(started_at) < Date.parse(began);
  const found: HistoryRow[] = [];
  for await (const row of historyOf(dirname(directory), isSame)) {
    if (row.directory === directory) continue;
    found.push(row);
    if (found.filter(isGood).length === last) break;
  }
  return found;
}

/** Finished, not found bad, and nothing adds up against it that may yet prove a change. */
export const isGood = ({ state, verdict, drift }: HistoryRow): boolean =>
  state === 'finished' &&
  (verdict === 'OK' || verdict === 'INCONCLUSIVE') &&
  (drift === null || isAtRest(drift.watched));

/** The batch as a source, or why it is none to compare with: a night that cannot be used stops no other. */
async function comparable(
  name: string,
  planned: Side,
  columns: readonly string[],
  io: Io,
): Promise<Source | ConfigError> {
  try {
    const source = await openSource(name, io.cwd, columns);
    const pairing = pairSides(source.side, planned);
    const faults = [
      ...faultsOfPairing(source.side, planned, pairing),
      ...tooFew(pairing, name),
      ...commonScorers(source.side, planned, []).faults,
    ];
    return faults.length > 0 ? new ConfigError(faults) : source;
  } catch (error) {
    if (error instanceof ConfigError) return error;
    if (error instanceof JournalError) return new ConfigError(error.message, { cause: error });
    throw error;
  }
}

function poolOf(sources: readonly [Source, ...Source[]], wish: string) {
  const [newest, ...older] = sources;
  const pool = poolSides([newest.side, ...older.map(({ side }) => side)]);
  const path = `${wish} (${newest.side.facts.path}${older.length === 0 ? '' : ` and ${older.length} before it`})`;
  const source: Source = {
    side: { ...pool.side, facts: { ...pool.side.facts, path } },
    columns: newest.columns,
    texts: async (wanted) => {
      const found = new Map<string, AnswerTexts>();
      for (const [at, { side, texts }] of sources.entries()) {
        const keys = keysOf(side, pool.offsets[at] ?? 0, wanted);
        for (const [key, held] of await texts(new Set(keys.keys()))) found.set(keys.get(key) ?? key, held);
      }
      return found;
    },
  };
  const differ = pool.inputsDiffer.length;
  const notes =
    differ === 0
      ? []
      : [
          `${differ} of the baseline's examples were asked otherwise by older ones of its batches (such as ${JSON.stringify(pool.inputsDiffer[0])}): left out there`,
        ];
  return { source, notes };
}

/** The side's own keys of the answers that are wanted of the pool, each with the pool's. */
function keysOf({ turns }: Side, offset: number, wanted: ReadonlySet<string>): Map<string, string> {
  const keys = new Map<string, string>();
  if (wanted.size === 0) return keys;
  for (const turn of turns)
    for (let trial = 1; trial <= turn.trials.length; trial += 1) {
      const pooled = answerKey(turn, offset + trial);
      if (wanted.has(pooled)) keys.set(answerKey(turn, trial), pooled);
    }
  return keys;
}
