/** What a keeper and its parent say to each other. */

/** What the keeper is to do: its only argument, as JSON. */
export interface KeeperOrder {
  /** For `sh -c`. */
  readonly command: string;
  /** From SIGTERM to SIGKILL. */
  readonly graceMs: number;
}

/** What the keeper tells: the group it has started, once; how the command ended, or why it did not begin, once. */
export type KeeperWord =
  | { readonly group: number }
  | { readonly code: number | null; readonly signal: NodeJS.Signals | null }
  | { readonly problem: string };
