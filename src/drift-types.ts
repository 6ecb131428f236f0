/** What a batch comes to beside the last good ones. */

/** A baseline that is found, not named: `previous`, or `rolling(n)`. */
export interface LastGood {
  /** So many of the last good batches, at most; 1: the previous one. */
  readonly last: number;
}

/** `steady`: no change is sure · `regressed`: it is worse, until it has recovered. */
export type DriftState = 'steady' | 'regressed';

/** One thing that is watched from batch to batch. */
export interface Watched {
  /** Null: whether trials ran at all. */
  readonly scorer: string | null;
  readonly state: DriftState;
  /** What has added up against it, 0 to `threshold`: there it is regressed, and back at 0 it has recovered. */
  readonly statistic: number;
  readonly threshold: number;
  /** Of this batch alone, in standard deviations, less the drop that is allowed; above 0: worse. Null: it shows nothing. */
  readonly evidence: number | null;
}

/** In `summary.json`, of a batch with `--baseline previous` or `rolling(n)`. */
export interface DriftFacts {
  /** What holds from this batch on: regressed where anything watched is. */
  readonly state: DriftState;
  /** Did this batch change it? Only then is anybody alarmed. */
  readonly changed: boolean;
  /** One sentence for a person: what changed, by how much, and its likely cause. */
  readonly sentence: string;
  /** When the first batch of this state began, ISO 8601; null: it was never another. */
  readonly since: string | null;
  /** Directories of the batches it was compared with, the newest first. */
  readonly baseline: readonly string[];
  /** By scorer, whether trials ran last; none where there was nothing to compare with. */
  readonly watched: readonly Watched[];
}
