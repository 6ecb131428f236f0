/** Ids of spans, made of what they stand for: a request names its span before there is one. Pure. */

import { hash } from 'node:crypto';
import type { JsonObject } from '../types.ts';

/** A turn of an example, and the attempt at it; 0: the turn itself. */
export interface SpanPlace {
  readonly example: string;
  readonly trial: number;
  /** From 1, outside of a conversation too. */
  readonly turn: number;
  readonly revision: number;
  readonly attempt: number;
}

/** 16 hexadecimal digits, in one trace never the same for two places, but by a chance of 2^-64. */
export function spanId(traceId: string, { example, trial, turn, revision, attempt }: SpanPlace): string {
  const text = JSON.stringify([traceId, example, trial, turn, revision, attempt]);
  const digits = hash('sha256', text, 'hex').slice(0, 16);
  return /^0+$/.test(digits) ? 'f'.repeat(16) : digits; // all noughts are none
}

/** Of the metadata that each run is sent with. */
export const placeInMetadata = (metadata: JsonObject): SpanPlace => ({
  example: String(metadata['threadmill_example']),
  trial: Number(metadata['threadmill_trial']),
  turn: Number(metadata['threadmill_turn']),
  revision: Number(metadata['threadmill_revision']),
  attempt: Number(metadata['threadmill_attempt']),
});

/** W3C Trace Context, version 00. */
export const traceparent = (traceId: string, id: string, isSampled: boolean): string =>
  `00-${traceId}-${id}-${isSampled ? '01' : '00'}`;
