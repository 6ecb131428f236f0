/** Two sequences laid side by side at the least cost: an edit distance, and what it is made of. Pure. */

/** A place in either, or null for none. */
export interface Aligned {
  readonly left: number | null;
  readonly right: number | null;
}

export interface Costs {
  /** Of two side by side. */
  readonly pair: (left: number, right: number) => number;
  /** Of one on the left that stands alone. */
  readonly left: number;
  readonly right: number;
}

/** In order. Of alignments that cost the same one that pairs late. */
export function align(lefts: number, rights: number, costs: Costs): readonly Aligned[] {
  const width = rights + 1;
  const least = new Float64Array((lefts + 1) * width);
  const at = (left: number, right: number): number => least[left * width + right] ?? 0;
  const pairs = new Float64Array(lefts * rights);
  for (let left = 0; left <= lefts; left++) {
    for (let right = 0; right <= rights; right++) {
      if (left === 0 || right === 0) {
        least[left * width + right] = left * costs.left + right * costs.right;
        continue;
      }
      const pair = costs.pair(left - 1, right - 1);
      pairs[(left - 1) * rights + right - 1] = pair;
      least[left * width + right] = Math.min(
        at(left - 1, right - 1) + pair,
        at(left - 1, right) + costs.left,
        at(left, right - 1) + costs.right,
      );
    }
  }
  const rows: Aligned[] = [];
  let [left, right] = [lefts, rights];
  while (left > 0 || right > 0) {
    const cost = at(left, right);
    const isPair =
      left > 0 &&
      right > 0 &&
      cost === at(left - 1, right - 1) + (pairs[(left - 1) * rights + right - 1] ?? 0);
    const isLeft = !isPair && left > 0 && cost === at(left - 1, right) + costs.left;
    rows.push({ left: isPair || isLeft ? left - 1 : null, right: isLeft ? null : right - 1 });
    if (isPair || isLeft) left -= 1;
    if (!isLeft) right -= 1;
  }
  return rows.reverse();
}
