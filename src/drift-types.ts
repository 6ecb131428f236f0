/** What a batch comes to beside the last good ones. */

/** In `summary.json`, of a batch with `--baseline previous` or `rolling(n)`. */
export interface DriftFacts {
  /** What holds from this batch on. `steady`: no change is sure · `regressed`: it is worse, until it has recovered. */
  readonly state: 'steady' | 'regressed';
  /** Did this batch change it? Only then is anybody alarmed. */
  readonly changed: boolean;
  /** One sentence for a person: what changed, by how much, and its likely cause. */
  readonly sentence: string;
  /** Directories of the batches it was compared with, the newest first. */
  readonly baseline: readonly string[];
}
