/** Who is told of a batch: as options and environment say. Nothing is loaded for who is not. */

import { type ObservedBatch, type Observer, observers } from '../telemetry/observer.ts';
import type { Io } from './io.ts';
import type { Prepared } from './prepare.ts';

export async function observerOf(batch: Prepared, io: Io): Promise<Observer> {
  const all: Observer[] = [];
  if (io.log !== undefined) {
    const { logBatch } = await import('../telemetry/batch-log.ts');
    all.push(logBatch(io.log, observed(batch)));
  }
  return observers(all);
}

function observed({ place, order, promise, left, plan, manifest }: Prepared): ObservedBatch {
  const { url, id, name, version } = manifest.agent;
  return {
    id: manifest.id,
    directory: place.files.directory,
    dataset: order.datasetName,
    agent: { url, id, name, version },
    ...promise,
    planned: plan.turns,
    left: order.again === null ? left.summary.counts(plan.turns).not_yet : left.repeats,
  };
}
