/** What proves who sent a body, and when (docs/guide/notify.md has what verifies it). Pure. */

import { createHmac } from 'node:crypto';

/** `t=1764300000,v1=…`: HMAC-SHA-256 in hex over the time in seconds, a dot, and the body as it is sent. */
export function signatureOf(body: string, secret: string, date: Date): string {
  const time = Math.floor(date.getTime() / 1_000);
  const mac = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
  return `t=${time},v1=${mac}`;
}
