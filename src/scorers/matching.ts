/**
 * Pairs each of `count` expected things with one of as many seen, none used twice, by augmenting paths: what is the
 * same within a tolerance may go with several, and the first that fits may be another's only one. Pure.
 * @returns An expected one that is left over; null where all have their own.
 */
export function matchAll(count: number, isSame: (expected: number, seen: number) => boolean): number | null {
  const takenBy = new Array<number | undefined>(count);
  for (let expected = 0; expected < count; expected += 1) {
    if (!findPlace({ expected, count, isSame, takenBy })) return expected;
  }
  return null;
}

interface Search {
  readonly expected: number;
  readonly count: number;
  readonly isSame: (expected: number, seen: number) => boolean;
  readonly takenBy: (number | undefined)[];
}

/** Looks breadth first, so that a long array needs no deep stack. */
function findPlace({ expected, count, isSame, takenBy }: Search): boolean {
  const cameFrom = new Map<number, number>();
  const waiting = [expected];
  for (const one of waiting) {
    for (let seen = 0; seen < count; seen += 1) {
      if (cameFrom.has(seen) || !isSame(one, seen)) continue;
      cameFrom.set(seen, one);
      const holder = takenBy[seen];
      if (holder === undefined) {
        moveUp(seen, cameFrom, takenBy);
        return true;
      }
      waiting.push(holder);
    }
  }
  return false;
}

/** Each on the path takes the place that was found for it, and leaves its own to the one before. */
function moveUp(end: number, cameFrom: ReadonlyMap<number, number>, takenBy: (number | undefined)[]): void {
  let place: number | undefined = end;
  while (place !== undefined) {
    const taker = cameFrom.get(place);
    if (taker === undefined) return;
    const left = takenBy.indexOf(taker);
    takenBy[place] = taker;
    place = left === -1 ? undefined : left;
  }
}
