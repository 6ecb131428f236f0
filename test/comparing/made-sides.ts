/** Sides as tests need them: of records that say only what matters. */

import { type Side, SideBuilder, type SideFacts } from '../../src/comparing/side.ts';
import type { JobRecord } from '../../src/types.ts';
import { madeRecord } from '../reports/made-records.ts';

export const madeFacts = (fields: Partial<SideFacts> = {}): SideFacts => ({
  id: 'batch',
  path: 'batch',
  dataset: { name: 'd.csv', sha256: '' },
  agentVersion: null,
  startedAt: null,
  missing: 0,
  specs: {},
  ...fields,
});

/** A record with a score of one scorer. */
export const scored = (id: string, value: number | null, fields: Partial<JobRecord> = {}): JobRecord =>
  madeRecord({ id, input: `ask ${id}`, scores: { exact: { value, reason: null } }, ...fields });

export function madeSide(
  records: readonly JobRecord[],
  facts: Partial<SideFacts> = {},
  columns: readonly string[] = [],
): Side {
  const builder = new SideBuilder(columns);
  for (const record of records) builder.add(record);
  return builder.end(madeFacts(facts));
}
