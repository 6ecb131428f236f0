/** Do a judge and a person say the same? Pure. */

import type { Interval } from '../types.ts';

export interface Agreement {
  /** 1 is agreement throughout, 0 as much as by chance; null where both always say one and the same thing. */
  readonly kappa: number | null;
  /** The share of pairs that agree, 0..1. */
  readonly share: number;
  readonly n: number;
  /** Of κ, 95 %; null where n is too small for one, or κ is 1 or none. */
  readonly interval: Interval | null;
}

/** Below, the normal approximation says nothing. */
const leastForInterval = 20;
const z95 = 1.959963984540054;

/** Cohen's κ of pairs of labels (Cohen 1960); null where there are none. */
export function agreementOf(pairs: readonly (readonly [judge: string, person: string])[]): Agreement | null {
  const n = pairs.length;
  if (n === 0) return null;
  const table = new Shares(pairs);
  const share = sumOf(table.labels, (label) => table.both(label, label));
  const byChance = sumOf(table.labels, (label) => table.judge(label) * table.person(label));
  const kappa = byChance >= 1 ? null : (share - byChance) / (1 - byChance);
  return {
    kappa,
    share,
    n,
    interval: kappa === null ? null : intervalOf(kappa, table, { share, byChance, n }),
  };
}

/** What share of the pairs says what. */
class Shares {
  readonly labels: readonly string[];
  private readonly counts = new Map<string, number>();
  private readonly n: number;

  constructor(pairs: readonly (readonly [string, string])[]) {
    const add = (key: string) => this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    for (const [judge, person] of pairs) {
      add(`judge ${judge}`);
      add(`person ${person}`);
      add(JSON.stringify([judge, person]));
    }
    this.labels = [...new Set(pairs.flat())];
    this.n = pairs.length;
  }

  judge(label: string): number {
    return (this.counts.get(`judge ${label}`) ?? 0) / this.n;
  }

  person(label: string): number {
    return (this.counts.get(`person ${label}`) ?? 0) / this.n;
  }

  both(judge: string, person: string): number {
    return (this.counts.get(JSON.stringify([judge, person])) ?? 0) / this.n;
  }
}

/** By the large-sample variance of κ (Fleiss, Cohen & Everitt 1969, eq. 13). */
function intervalOf(
  kappa: number,
  table: Shares,
  { share, byChance, n }: { readonly share: number; readonly byChance: number; readonly n: number },
): Interval | null {
  if (n < leastForInterval || share === 1) return null;
  const { labels } = table;
  const agreed = sumOf(labels, (label) => {
    const lever = 1 - byChance - (table.judge(label) + table.person(label)) * (1 - share);
    return table.both(label, label) * lever ** 2;
  });
  const differed = sumOf(labels, (judge) =>
    sumOf(labels, (person) =>
      judge === person ? 0 : table.both(judge, person) * (table.person(judge) + table.judge(person)) ** 2,
    ),
  );
  const spread = agreed + (1 - share) ** 2 * differed - (share * byChance - 2 * byChance + share) ** 2;
  const halfWidth = (z95 * Math.sqrt(Math.max(0, spread) / n)) / (1 - byChance) ** 2;
  return { low: Math.max(-1, kappa - halfWidth), high: Math.min(1, kappa + halfWidth) };
}

const sumOf = <T>(items: readonly T[], value: (item: T) => number): number =>
  items.reduce((sum, item) => sum + value(item), 0);
