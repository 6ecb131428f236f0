/** What `run` tells of itself, to whoever it is told to. */

import type { Manifest } from '../results/manifest.ts';
import type { Summary } from '../summary-types.ts';

export interface RunNotices extends AsyncDisposable {
  started(manifest: Manifest): Promise<void>;
  ended(manifest: Manifest, summary: Summary): Promise<void>;
  /** Where a start came to no summary. */
  failed(error: unknown): Promise<void>;
  /** All is well. */
  good(): void;
}

/** Nobody is to be told. */
export const nobody: RunNotices = {
  started: async () => {},
  ended: async () => {},
  failed: async () => {},
  good: () => {},
  [Symbol.asyncDispose]: async () => {},
};
