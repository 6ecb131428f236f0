/** The intent log, `intents.jsonl`: what was durable before a request was sent, and which threads are done with. */

import { access } from 'node:fs/promises';
import type { IntentLog } from '../contracts.ts';
import type { Intent } from '../types.ts';
import { openAppender } from './append.ts';
import { type LinesRead, readLines, sealedLine } from './lines.ts';

export interface OpenIntentLog extends IntentLog {
  close(): Promise<void>;
}

export async function openIntents(path: string): Promise<OpenIntentLog> {
  const file = await openAppender(path);
  return {
    note: async (intent) => {
      await file.append(sealedLine(intent));
    },
    close: () => file.close(),
  };
}

/** What was noted last of each job that is not closed, by key and trial. As many as were in flight, and kept threads. */
export async function readIntents(path: string, read: LinesRead): Promise<ReadonlyMap<string, Intent>> {
  const open = new Map<string, Intent>();
  const there = await access(path).then(
    () => true,
    () => false,
  );
  if (!there) return open;
  for await (const lines of readLines(path, read)) {
    for (const { value } of lines) {
      const intent = value as Intent;
      if (intent.mark === 'closed') open.delete(intentKey(intent.key, intent.trial));
      else open.set(intentKey(intent.key, intent.trial), intent);
    }
  }
  return open;
}

export const intentKey = (key: string, trial: number): string => `${trial}\0${key}`;
