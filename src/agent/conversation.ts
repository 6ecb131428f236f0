/** What both kinds of conversations with an Agent Server share: what they are given, and the marks of an attempt. */

import type { IntentLog, Try } from '../contracts.ts';
import type { Runtime } from '../runtime.ts';
import type { Delivery, Job, Turn } from '../types.ts';
import type { Limit } from './limit.ts';
import type { RunFields, TurnKeys } from './request.ts';
import type { AgentServer, Call, RunMarks } from './server.ts';

export interface ConversationSettings {
  readonly batchId: string;
  readonly delivery: Delivery;
  readonly threads: 'auto' | 'keep' | 'delete';
  /** The server ends with this process: a thread that is gone was lost with it, and so was its run. */
  readonly isLocal: boolean;
  readonly run: RunFields;
  readonly idleTimeoutMs: number;
}

export interface ConversationParts {
  readonly server: AgentServer;
  readonly intents: IntentLog;
  readonly limit: Limit;
  readonly runtime: Runtime;
  readonly settings: ConversationSettings;
}

export function turnKeys(settings: ConversationSettings, job: Job, turn: Turn, attempt: Try): TurnKeys {
  return {
    batch: settings.batchId,
    example: turn.example.id,
    trial: job.trial,
    turn: turn.turn ?? 1,
    revision: attempt.revision,
    attempt: attempt.attempt,
  };
}

export const callOf = (attempt: Try): Call => ({ deadline: attempt.deadline, signal: attempt.signal });

/** Writes what a request tells while it is under way into the attempt. */
export function marksOf(attempt: Try, runtime: Runtime): RunMarks {
  return {
    onSent: () => {
      attempt.sentAt = runtime.now();
    },
    onStatus: (status) => {
      attempt.status = status;
    },
    onRunId: (runId) => {
      attempt.runId = runId;
    },
    onFirstToken: () => {
      attempt.firstTokenAt = runtime.now();
    },
    onAnswer: () => {
      attempt.answeredAt = runtime.now();
    },
  };
}
