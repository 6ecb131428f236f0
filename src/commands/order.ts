import type { Rule } from '../answers/index.ts';
import type { Config } from '../options.ts';
import type { JsonObject } from '../types.ts';
import type { Again } from './again.ts';
import type { Target } from './target.ts';

/** What a run is about, but for its dataset. */
export interface Order {
  /** As typed: a path, or `-`. */
  readonly datasetName: string;
  readonly target: Target;
  readonly config: Config;
  readonly body: JsonObject;
  /** Of `--answers`. */
  readonly rules: readonly Rule[];
  /** Of `retry`: which turns; null: those that have no record. */
  readonly again: Again | null;
}
