/** `--on-interrupt approve` and `reject`. Pure. */

import { requestsOf } from '../asked.ts';
import type { Json } from '../types.ts';

/** A decision on each action, where actions are requested; else true or false. */
export function blanketAnswer(value: Json, policy: 'approve' | 'reject'): Json {
  const requests = requestsOf(value);
  if (requests.length === 0) return policy === 'approve';
  return { decisions: requests.map(() => ({ type: policy })) };
}
