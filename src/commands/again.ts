/** Which turns `retry` asks once more. Pure. */

import type { Decided } from '../answers/index.ts';
import type { Config } from '../options.ts';
import type { JobRecord } from '../types.ts';

export interface Again extends Pick<Config, 'only' | 'kinds'> {
  /** Of `answer`: those that a person decided on, and no others. */
  readonly decided?: Decided | undefined;
}

/** Does a turn's record name it? What is uncertain is no `error` here: it may have run, and is asked only when said. */
export function isNamed(record: JobRecord, { only, kinds, decided }: Again): boolean {
  if (decided !== undefined) return decided.answersTo(record) !== null;
  const { outcome, failure } = record;
  if (outcome !== 'error' && outcome !== 'interrupted') return false;
  const name = outcome === 'error' && failure?.uncertain ? 'uncertain' : outcome;
  return only.includes(name) && (kinds === null || (failure !== null && kinds.includes(failure.kind)));
}

/** As a person would say it. */
export const shownAgain = ({ only, kinds, decided }: Again): string =>
  decided?.told ?? `${only.join(', ')}${kinds === null ? '' : ` of kind ${kinds.join(', ')}`}`;
