/** Notices and webhooks for tests. */

import type { Notice } from '../../src/notice.ts';
import type { Webhook } from '../../src/webhook.ts';

export const madeNotice = (id: string, rest: Partial<Notice> = {}): Notice => ({
  id,
  event: 'finished',
  at: '2026-01-01T00:00:00.000Z',
  schedule: null,
  firing: null,
  sentence: 'qa.csv: 6 of 6 turns succeeded',
  batch: { id: 'b-1', directory: '/batches/b-1', dataset: 'qa.csv', agent: null },
  verdict: 'OK',
  exit_code: 0,
  counts: null,
  scores: [],
  drift: null,
  ...rest,
});

export const madeWebhook = (url: string, rest: Partial<Webhook> = {}): Webhook => ({
  name: 'run',
  schedule: null,
  url,
  secret: 'canary-secret',
  format: 'json',
  on: ['started', 'finished', 'failed', 'regressed', 'recovered', 'missed'],
  allowPrivate: true,
  ...rest,
});
