/** Which firings' directories may go. Pure. */

export interface KeptFiring {
  /** Of its directory. */
  readonly name: string;
  /** All that it holds are batches of ours, and all are finished. */
  readonly isFinished: boolean;
  /** A later one is compared with it. */
  readonly isBaseline: boolean;
}

const firingNames = /^\d{8}T\d{6}Z$/;

/** Is it the directory of a firing, by its name? */
export const isFiringName = (name: string): boolean => firingNames.test(name);

/**
 * The oldest, until `keepLast` finished ones are left; never one that is not finished, a baseline's, or a stranger's.
 */
export function toDelete(firings: readonly KeptFiring[], keepLast: number): readonly string[] {
  const finished = firings.filter(({ name, isFinished }) => isFinished && isFiringName(name));
  const newestFirst = [...finished].sort((one, other) => (one.name < other.name ? 1 : -1));
  return newestFirst
    .slice(keepLast)
    .filter(({ isBaseline }) => !isBaseline)
    .map(({ name }) => name)
    .reverse();
}
