/** Do a judge and a person say the same? */

export interface Agreement {
  /** 1 is agreement throughout, 0 as much as by chance; null where both always say one and the same thing. */
  readonly kappa: number | null;
  /** The share of pairs that agree, 0..1. */
  readonly share: number;
  readonly n: number;
}

/** Cohen's κ of pairs of labels (Cohen 1960); null where there are none. */
export function agreementOf(pairs: readonly (readonly [judge: string, person: string])[]): Agreement | null {
  const n = pairs.length;
  if (n === 0) return null;
  const share = pairs.filter(([judge, person]) => judge === person).length / n;
  const labels = new Set(pairs.flat());
  const byChance = [...labels].reduce((sum, label) => {
    const said = (who: 0 | 1) => pairs.filter((pair) => pair[who] === label).length / n;
    return sum + said(0) * said(1);
  }, 0);
  return { kappa: byChance >= 1 ? null : (share - byChance) / (1 - byChance), share, n };
}
