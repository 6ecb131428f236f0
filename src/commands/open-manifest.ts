/** Writes what a batch is, before it begins and each time it begins again. */

import { type Identity, type Manifest, manifestFormat, writeManifest } from '../results/manifest.ts';
import { packageVersion } from '../server/place.ts';
import type { Dataset } from './dataset.ts';
import type { Io } from './io.ts';
import { newBatchId, type OwnPlace } from './open-batch.ts';
import type { Order } from './order.ts';
import { plannedTurns } from './plan.ts';
import { scorerFacts } from './scorers.ts';
import { selectionOf, settingsOf } from './settings.ts';
import type { Reached } from './target.ts';

export interface ManifestParts {
  readonly order: Order;
  readonly dataset: Dataset;
  readonly identity: Identity;
  /** Null where nothing is left to ask of a local agent. */
  readonly reached: Reached | null;
  /** Do records of earlier starts stand elsewhere than they say? */
  readonly isMoved: boolean;
  /** False: nothing is left to ask, and the manifest stays as it is. */
  readonly isAsking: boolean;
}

export async function openManifest(place: OwnPlace, parts: ManifestParts, io: Io): Promise<Manifest> {
  const { order, dataset, identity, reached, isMoved, isAsking } = parts;
  const was = place.manifest;
  if (was !== null && (!isAsking || reached === null)) return was;
  const at = io.runtime.date().toISOString();
  const { id, name, graph, version } = reached?.facts ?? {
    id: order.target.agent,
    name: null,
    graph: null,
    version: '',
  };
  const start = { at, threadmill: await packageVersion(), node: process.version, agent_version: version };
  const manifest: Manifest = {
    format: manifestFormat,
    id: was?.id ?? newBatchId(),
    state: 'running',
    started_at: was?.started_at ?? at,
    finished_at: null,
    dataset: {
      path: order.datasetName === '-' ? '-' : dataset.path,
      format: dataset.format.name,
      size: dataset.size,
      mtime_ms: dataset.mtimeMs,
      ...dataset.facts,
      moved: isMoved,
      scorers: dataset.scoring.choice,
    },
    agent: { url: reached?.url ?? order.target.url, id, name, graph, version },
    identity,
    selection: selectionOf(order.config),
    planned: plannedTurns(dataset, order.config.repeat),
    scorers: scorerFacts(dataset.scoring.scorers, dataset.scoring.choice.used),
    settings: settingsOf(order.config),
    starts: [...(was?.starts ?? []), start],
  };
  await writeManifest(place.files.manifest, manifest, place.lock);
  return manifest;
}
