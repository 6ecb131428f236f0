/** A notice as the request that is sent. Pure. */

import type { Notice } from '../notice.ts';
import type { Target, Webhook } from '../webhook.ts';
import { signatureOf } from './signature.ts';
import { slackMessage } from './slack.ts';

export interface Letter extends Target {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** By it a receiver knows ours, and what sends such requests on may see that it sends none about them. */
const userAgent = 'threadmill';

/** @param date Of this try: what is sent again is signed anew. */
export function letterOf(notice: Notice, { url, allowPrivate, format, secret }: Webhook, date: Date): Letter {
  const body = JSON.stringify(format === 'slack' ? slackMessage(notice) : notice);
  return {
    url,
    allowPrivate,
    method: 'POST',
    body,
    headers: {
      'user-agent': userAgent,
      'content-type': 'application/json',
      'threadmill-event': notice.event,
      // The body's `id`; a file's name in it may be in any script.
      'threadmill-event-id': encodeURI(notice.id.toWellFormed()),
      ...(secret !== null && { 'threadmill-signature': signatureOf(body, secret, date) }),
    },
  };
}

/** A sign of life, as healthchecks.io and others count them: no more than a request. */
export const pingLetter = ({ url, allowPrivate }: Target): Letter => ({
  url,
  allowPrivate,
  method: 'GET',
  body: null,
  headers: { 'user-agent': userAgent, 'threadmill-event': 'ping' },
});
