/** All that may be refused before a batch begins, and what is open once nothing was. */

import { removeStart } from '../results/files.ts';
import type { Identity, Manifest } from '../results/manifest.ts';
import { loadTold } from './checking.ts';
import type { Dataset } from './dataset.ts';
import type { Io } from './io.ts';
import { type Left, readLeft } from './left.ts';
import { mend } from './mend.ts';
import { assertSameAgent, assertSameIdentity, type OwnPlace } from './open-batch.ts';
import { openManifest } from './open-manifest.ts';
import type { Order } from './order.ts';
import { isDone, type Plan, planLine, plannedTurns, planOf } from './plan.ts';
import { type BatchPromise, promiseOf } from './promise.ts';
import { confirmed } from './question.ts';
import { openBaseline, type RunBaseline } from './run-baseline.ts';
import { assertGates } from './scorers.ts';
import { identityOf, localGraphs } from './settings.ts';
import { spoolStdin } from './stdin.ts';
import { type Reached, reach } from './target.ts';
import { say } from './tell.ts';

/** A batch that is ready to run; `reached` is null where nothing is left to ask and no server is needed. */
export interface Prepared extends AsyncDisposable {
  readonly place: OwnPlace;
  readonly order: Order;
  readonly dataset: Dataset;
  readonly promise: BatchPromise;
  readonly left: Left;
  readonly plan: Plan;
  readonly manifest: Awaited<ReturnType<typeof openManifest>>;
  readonly reached: Reached | null;
  /** Null: it has none. */
  readonly baseline: RunBaseline | null;
}

/** All that may be refused, before the first request that asks the agent. Null: a person said no. */
export async function prepare(
  place: OwnPlace,
  order: Order,
  file: Dataset | null,
  io: Io,
): Promise<Prepared | null> {
  const { config, target, again } = order;
  let reached: Reached | null = null;
  let isRefused = true;
  try {
    const dataset =
      file ?? (await loadTold({ path: await spoolStdin(io.stdin, place), name: '-' }, config, io));
    assertGates(config, dataset.scoring.scorers, plannedTurns(dataset, config.repeat));
    const promise = promiseOf(config, dataset);
    const identity = identityOf(order, promise);
    if (place.manifest !== null)
      assertSameIdentity(place.manifest, comparable(identity, place.manifest, order));
    if (config.mend) await mend(place, io);
    const left = await readLeft(place, dataset, { repeat: config.repeat, again });
    for (const note of left.notes) say(io, config, note);

    const baseline = await openBaseline({ order, dataset, place }, io);

    const isFinished = isDone(dataset, config, left) && place.manifest?.state === 'finished';
    const nothingLeft =
      again === null ? isFinished : left.repeats === 0 && place.manifest?.state === 'finished';
    if (nothingLeft && target.isLocal) {
      // What a command serves is not known before it is started, and nothing is left to start it for.
      if (target.command === null) assertSameAgent(place.manifest, target.version, config);
    } else {
      reached = await reach(target, config, io, { ...place.files, ownership: place.lock });
      const { version } = reached.facts;
      if (again === null) assertSameAgent(place.manifest, version, config);
      else tellEdited(place.manifest, version, order, io);
    }
    const plan = planOf(order, dataset, promise, left, reached);
    if (!nothingLeft) {
      say(io, config, planLine(plan));
      if (!(await confirmed(plan, config, io))) return null;
    }
    const manifest = await openManifest(
      place,
      { order, dataset, identity, reached, isMoved: left.isMoved, isAsking: !nothingLeft },
      io,
    );
    isRefused = false;
    const open = nothingLeft ? null : reached;
    if (nothingLeft) await reached?.close();
    return {
      place,
      order,
      dataset,
      promise,
      left,
      plan,
      manifest,
      reached: open,
      baseline,
      [Symbol.asyncDispose]: async () => open?.close(),
    };
  } finally {
    if (isRefused) {
      await reached?.close();
      // Nothing of a batch is there yet: an empty directory would only be in the way.
      if (place.manifest === null) await removeStart(place.files, place.lock);
    }
  }
}

/** Who asks once more may well have edited the local graphs, which stand for the agent. */
const comparable = (identity: Identity, manifest: Manifest, { again }: Order): Identity =>
  again === null || identity.inputs[localGraphs] === undefined
    ? identity
    : {
        ...identity,
        inputs: { ...identity.inputs, [localGraphs]: manifest.identity.inputs[localGraphs] ?? null },
      };

/** Who asks once more may well have mended the agent. */
function tellEdited(manifest: Manifest | null, version: string, { config }: Order, io: Io): void {
  if (manifest === null || manifest.agent.version === version) return;
  say(
    io,
    config,
    `The agent was edited since: from version ${manifest.agent.version} to ${version}. It is taken as it is.`,
  );
}
