/** Who is told how a run goes; what tells them is loaded only where somebody is to be told. */

import type { Config } from '../options.ts';
import type { Manifest } from '../results/manifest.ts';
import type { Summary } from '../summary-types.ts';
import type { Io } from './io.ts';
import type { OwnPlace } from './open-batch.ts';

export interface RunNotices extends AsyncDisposable {
  started(manifest: Manifest): Promise<void>;
  ended(manifest: Manifest, summary: Summary): Promise<void>;
  /** Where a start came to no summary. */
  failed(error: unknown): Promise<void>;
  /** All is well. */
  good(): void;
}

export interface Told {
  readonly datasetName: string;
  readonly config: Config;
}

const nobody: RunNotices = {
  started: async () => {},
  ended: async () => {},
  failed: async () => {},
  good: () => {},
  [Symbol.asyncDispose]: async () => {},
};

/** With what an earlier start did not deliver. */
export async function openNotices(place: OwnPlace, told: Told, io: Io): Promise<RunNotices> {
  const { notify, ping } = told.config;
  if (notify === null && ping === null) return nobody;
  return (await import('./run-notices.ts')).tellRun(place, told, io);
}
