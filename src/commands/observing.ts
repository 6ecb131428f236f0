/** Who is told of a batch: as options and environment say. Nothing is loaded for who is not. */

import { type ObservedBatch, type Observer, observers } from '../telemetry/observer.ts';
import { otelWish } from '../telemetry/otel-environment.ts';
import { factsOf } from './ending.ts';
import type { Io } from './io.ts';
import type { Prepared } from './prepare.ts';
import { say } from './tell.ts';

export async function observerOf(batch: Prepared, io: Io): Promise<Observer> {
  const all: Observer[] = [];
  if (io.log !== undefined) {
    const { logBatch } = await import('../telemetry/batch-log.ts');
    all.push(logBatch(io.log, observed(batch)));
  }
  const wish = otelWish(io.env);
  const tell = (text: string) => say(io, batch.order.config, text);
  for (const fault of wish?.faults ?? []) tell(`OpenTelemetry: nothing is sent: ${fault}.`);
  if (wish !== null && (wish.traces !== null || wish.metrics !== null)) {
    const { traceBatch } = await import('../telemetry/batch-spans.ts');
    all.push(traceBatch(wish, observed(batch), { runtime: io.runtime, say: tell }));
  }
  return observers(all);
}

function observed(batch: Prepared): ObservedBatch {
  const { order, left, plan } = batch;
  return {
    ...factsOf(batch, 'running'),
    planned: plan.turns,
    left: order.again === null ? left.summary.counts(plan.turns).not_yet : left.repeats,
  };
}
