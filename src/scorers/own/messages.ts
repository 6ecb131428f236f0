/** What the thread of a user's scorer is told, and tells. */

import type { UnscoredRecord } from '../../types.ts';

/** Its order, when it starts. */
export interface Order {
  /** URL of the user's file. */
  readonly fileUrl: string;
  /** Takes types out of TypeScript, where Node does not. */
  readonly stripper: Stripper | null;
}

export interface Stripper {
  readonly name: 'typescript' | 'esbuild';
  readonly url: string;
}

export type ToThread = { readonly id: number; readonly record: UnscoredRecord } | 'are you there?';

export type FromThread =
  | { readonly is: 'loaded'; readonly needsExpected: boolean }
  | { readonly is: 'unusable'; readonly why: string }
  | { readonly is: 'here' }
  /** Of a turn: its judging began; what it came to; what was thrown. */
  | { readonly is: 'began'; readonly id: number }
  | { readonly is: 'scored'; readonly id: number; readonly given: unknown }
  | { readonly is: 'thrown'; readonly id: number; readonly stack: string };
