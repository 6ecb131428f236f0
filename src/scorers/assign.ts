/** Who gets whom, where one may fit several: a largest matching, by augmenting paths. Pure. */

/**
 * As many pairs as can be: for each left one the right one it gets, or null.
 *
 * A choice that stands in another's way is undone and made anew: the first that fits is not always the right one.
 */
export function assign(
  lefts: number,
  rights: number,
  fits: (left: number, right: number) => boolean,
): readonly (number | null)[] {
  const rightOf = new Array<number | null>(lefts).fill(null);
  const leftOf = new Array<number | null>(rights).fill(null);
  const known = remembered(fits, rights, lefts * rights);
  for (let left = 0; left < lefts; left++) {
    const reachedFrom = new Array<number | null>(rights).fill(null);
    const free = searchFree(left, { leftOf, reachedFrom, fits: known });
    for (let right: number | null = free; right !== null; ) {
      const by: number = reachedFrom[right] ?? left;
      const before: number | null = rightOf[by] ?? null;
      rightOf[by] = right;
      leftOf[right] = by;
      right = before;
    }
  }
  return rightOf;
}

interface Search {
  readonly leftOf: readonly (number | null)[];
  /** From which left one each right one was reached. */
  readonly reachedFrom: (number | null)[];
  readonly fits: (left: number, right: number) => boolean;
}

/** The end of a path on which each gives its place to the one before it; null where there is none. */
function searchFree(start: number, { leftOf, reachedFrom, fits }: Search): number | null {
  const queue = [start];
  for (const left of queue) {
    for (let right = 0; right < leftOf.length; right++) {
      if (reachedFrom[right] !== null || !fits(left, right)) continue;
      reachedFrom[right] = left;
      const holder = leftOf[right] ?? null;
      if (holder === null) return right;
      queue.push(holder);
    }
  }
  return null;
}

/** Each pair is compared once: arguments may be large. */
function remembered(fits: Search['fits'], rights: number, pairs: number): Search['fits'] {
  const answers = new Int8Array(pairs);
  return (left, right) => {
    const at = left * rights + right;
    if (answers[at] === 0) answers[at] = fits(left, right) ? 1 : -1;
    return answers[at] === 1;
  };
}
