import type { FailureGroup } from '../summary-types.ts';
import type { JobRecord, OutcomeName } from '../types.ts';
import { shorten } from './shorten.ts';

/** What did not succeed, grouped by cause, in bounded memory. */
export interface Causes {
  add(record: JobRecord): void;
  /** Errors first, then what waits, then what was skipped; of each the most frequent first. */
  groups(): FailureGroup[];
}

/** A batch has few causes; what comes beyond these is added up by outcome and kind, under the code `OTHER`. */
const mostGroups = 100;
const mostIds = 3;

/** UTF-16 units kept of what others wrote. */
const longest = { id: 200, code: 64, message: 2_000 } as const;

const noReason = {
  kind: 'protocol',
  code: 'NO_REASON',
  message: 'The record gives no reason.',
  uncertain: true,
} as const;

interface Group extends FailureGroup {
  count: number;
  readonly ids: string[];
}

export function createCauses(): Causes {
  const groups = new Map<string, Group>();

  return {
    add({ id, outcome, failure }) {
      const { kind, message, uncertain, ...cause } = failure ?? noReason;
      const code = shorten(cause.code, longest.code);
      const keyOf = (filed: string) => `${outcome} ${kind} ${filed} ${uncertain}`;
      const filed = groups.size >= mostGroups && !groups.has(keyOf(code)) ? 'OTHER' : code;

      const key = keyOf(filed);
      const group = groups.get(key) ?? {
        outcome,
        kind,
        code: filed,
        uncertain,
        count: 0,
        message: shorten(message, longest.message),
        ids: [],
      };
      groups.set(key, group);
      group.count += 1;
      if (group.ids.length < mostIds) group.ids.push(shorten(id, longest.id));
    },
    groups: () => [...groups.values()].map((group) => ({ ...group, ids: [...group.ids] })).sort(byWeight),
  };
}

const order: readonly OutcomeName[] = ['error', 'interrupted', 'skipped', 'success'];

function byWeight(a: FailureGroup, b: FailureGroup): number {
  return order.indexOf(a.outcome) - order.indexOf(b.outcome) || b.count - a.count;
}

/** How a person calls the ways in which a turn ends. */
export const endings = {
  success: 'succeeded',
  error: 'failed',
  interrupted: 'waiting',
  skipped: 'skipped',
} as const satisfies Record<OutcomeName, string>;
