import type { Config } from '../options.ts';
import type { JsonObject } from '../types.ts';
import type { Target } from './target.ts';

/** What a run is about, but for its dataset. */
export interface Order {
  /** As typed: a path, or `-`. */
  readonly datasetName: string;
  readonly target: Target;
  readonly config: Config;
  readonly body: JsonObject;
}
