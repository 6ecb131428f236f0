/** `--stop-when-decided`: ends a batch once nothing that is left to ask can change its verdict. */

import { type Pair, ranOf, scoresOf } from '../comparing/pairing.ts';
import { type ComparedTurn, SideBuilder, turnKey } from '../comparing/side.ts';
import { settledVerdict } from '../stats/settled.ts';
import type { Stop } from '../summary-types.ts';
import type { JobRecord } from '../types.ts';
import { verdictOptions } from './comparison.ts';
import { newestRecords } from './newest-records.ts';
import type { Prepared } from './prepare.ts';

export interface VerdictWatch {
  /** Aborts once it is decided. */
  readonly signal: AbortSignal;
  /** Null until then. */
  readonly stop: Stop | null;
  onRecord(record: JobRecord): void;
}

const unwatched: VerdictWatch = { signal: new AbortController().signal, stop: null, onRecord: () => {} };

/** A look takes time by the number of examples: it is taken again once there are so many more records. */
const growth = 1.05;

export async function watchVerdict({
  baseline,
  order,
  place,
}: Omit<Prepared, 'reached'>): Promise<VerdictWatch> {
  const { config } = order;
  // Who asks some once more wants them asked.
  const isWanted = config.stopWhenDecided && order.again === null;
  if (!isWanted || baseline === null || baseline.source === null) return unwatched;
  const { planned, scorers, source } = baseline;
  const question = { planned, scorers, before: source.side, repeat: config.repeat, maxDrop: config.maxDrop };
  const builder = new SideBuilder();
  const over = new AbortController();
  let stop: Stop | null = null;
  let count = 0;
  let next = 0;
  const look = () => {
    if (stop !== null || count < next) return;
    next = count * growth;
    const verdict = verdictSoFar(question, builder);
    if (verdict === null) return;
    stop = {
      code: 'decided',
      message: `${verdict}, whatever the answers left would be; the same command without --stop-when-decided asks for them`,
    };
    over.abort();
  };
  if (place.manifest !== null) {
    for await (const record of newestRecords(place.files)) {
      builder.add(record);
      count += 1;
    }
    look();
  }
  return {
    signal: over.signal,
    get stop() {
      return stop;
    },
    onRecord: (record) => {
      builder.add(record);
      count += 1;
      look();
    },
  };
}

interface Question {
  readonly planned: readonly Pair[];
  readonly scorers: readonly string[];
  readonly before: { readonly scorers: readonly string[] };
  readonly repeat: number;
  readonly maxDrop: number;
}

function verdictSoFar(
  { planned, scorers, before, repeat, maxDrop }: Question,
  builder: SideBuilder,
): 'OK' | 'REGRESSED' | null {
  const after = builder.soFar();
  const recorded = new Map(after.turns.map((turn) => [turnKey(turn.id, turn.turn), turn]));
  const pairs = planned.map((pair) => ({
    baseline: pair.baseline,
    candidate: overTurns(pair.candidate, recorded, repeat),
  }));
  const openPairs = (of: (turns: readonly ComparedTurn[], places: 'before' | 'after') => readonly number[]) =>
    pairs.map(({ baseline, candidate }) => ({
      baseline: of(baseline, 'before'),
      candidate: candidate === null ? null : of(candidate, 'after'),
    }));
  const byScorer = scorers.map((name) => {
    const places = { before: before.scorers.indexOf(name), after: after.scorers.indexOf(name) };
    return [name, openPairs((turns, side) => scoresOf(turns, places[side]))] as const;
  });
  const ran = openPairs(ranOf);
  const cards = ran.reduce((sum, { baseline }) => sum + baseline.length + repeat, 0);
  return settledVerdict(
    { scorers: new Map(byScorer), ran, trials: repeat },
    verdictOptions(Math.max(1, cards), maxDrop),
  );
}

/** The turns as they were recorded, in their order; null while any of their trials is not. */
function overTurns(
  turns: readonly ComparedTurn[],
  recorded: ReadonlyMap<string, ComparedTurn>,
  repeat: number,
): ComparedTurn[] | null {
  const found = turns.flatMap(({ id, turn }) => recorded.get(turnKey(id, turn)) ?? []);
  const isOver =
    found.length === turns.length &&
    found.every(({ trials }) => trials.length >= repeat && !trials.slice(0, repeat).includes(null));
  return isOver ? found : null;
}
