/** The intent log, `intents.jsonl`: what was durable before a request was sent, and which threads are done with. */

import type { IntentLog, Ownership } from '../contracts.ts';
import type { Intent } from '../types.ts';
import { openAppender } from './append.ts';
import { type LinesRead, readLines, sealedLine } from './lines.ts';

export interface OpenIntentLog extends IntentLog {
  close(): Promise<void>;
}

/** @throws SinkError, JournalError */
export async function openIntents(path: string, ownership?: Ownership): Promise<OpenIntentLog> {
  const file = await openAppender(path, { ownership });
  return {
    note: async (intent) => {
      await file.append(sealedLine(intent));
    },
    close: () => file.close(),
  };
}

/**
 * What was noted last of each job that is not closed, by `intentKey`: as many as were in flight.
 * @param tell Told of every note, in order.
 * @throws JournalError
 */
export async function readIntents(
  path: string,
  read: LinesRead,
  tell: (intent: Intent) => void = () => {},
): Promise<ReadonlyMap<string, Intent>> {
  const open = new Map<string, Intent>();
  for await (const lines of readLines(path, read)) {
    for (const { value } of lines) {
      const intent = value as Intent;
      tell(intent);
      if (intent.mark === 'doubtful') continue;
      const key = intentKey(intent.key, intent.trial);
      if (intent.mark === 'closed') open.delete(key);
      else open.set(key, intent);
    }
  }
  return open;
}

export const intentKey = (key: string, trial: number): string => `${trial}\0${key}`;
