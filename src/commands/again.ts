/** Which turns `retry` asks once more. Pure. */

import type { Config } from '../options.ts';
import type { JobRecord } from '../types.ts';

export type Again = Pick<Config, 'only' | 'kinds'>;

/** Does a turn's record name it? What is uncertain is no `error` here: it may have run, and is asked only when said. */
export function isNamed({ outcome, failure }: JobRecord, { only, kinds }: Again): boolean {
  if (outcome !== 'error' && outcome !== 'interrupted') return false;
  const name = outcome === 'error' && failure?.uncertain ? 'uncertain' : outcome;
  return only.includes(name) && (kinds === null || (failure !== null && kinds.includes(failure.kind)));
}

/** As a person would say it. */
export const shownAgain = ({ only, kinds }: Again): string =>
  `${only.join(', ')}${kinds === null ? '' : ` of kind ${kinds.join(', ')}`}`;
