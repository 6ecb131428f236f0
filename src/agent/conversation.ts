/** What both kinds of conversations with an Agent Server share. */

import type { Answering, IntentLog, Try } from '../contracts.ts';
import { RequestError } from '../errors.ts';
import type { Runtime } from '../runtime.ts';
import type { Delivery, Job, Turn } from '../types.ts';
import type { CreateRun } from './create-run.ts';
import { aborted, failure } from './failures.ts';
import type { Limit } from './limit.ts';
import { inputFingerprint, type RunFields, type TurnKeys } from './request.ts';
import { failed } from './response.ts';
import type { AgentServer } from './server.ts';

export interface ConversationSettings {
  readonly batchId: string;
  readonly delivery: Delivery;
  readonly threads: 'auto' | 'keep' | 'delete';
  /** The server ends with this process: a thread that is gone was lost with it, and so was its run. */
  readonly isLocal: boolean;
  readonly run: RunFields;
  readonly idleTimeoutMs: number;
  /** Of runs that wait for a human. Default: nobody answers. */
  readonly answering?: Answering | undefined;
}

export interface ConversationParts {
  readonly server: AgentServer;
  readonly createRun: CreateRun;
  readonly intents: IntentLog;
  readonly limit: Limit;
  readonly runtime: Runtime;
  readonly settings: ConversationSettings;
  /** A request to make their thread may be under way since an earlier start. */
  readonly doubtful: Set<Job>;
}

export function turnKeys(
  { batchId }: ConversationSettings,
  { trial }: Job,
  turn: Turn,
  attempt: number,
): TurnKeys {
  return {
    batch: batchId,
    example: turn.example.id,
    trial,
    turn: turn.turn ?? 1,
    revision: turn.revision,
    attempt,
    input: inputFingerprint(turn.input),
  };
}

/**
 * Waits until a run may be asked for; nothing to wait for where that is now.
 * @throws RequestError where that would be after the turn's time, or the batch gave up meanwhile.
 */
export function takePlace({ limit }: ConversationParts, attempt: Try): void | Promise<void> {
  const taken = limit.take(attempt);
  if (typeof taken !== 'boolean') return taken.then((isTaken) => assertTaken(isTaken, attempt));
  return assertTaken(taken, attempt);
}

function assertTaken(isTaken: boolean, attempt: Try): void {
  if (isTaken) return;
  throw new RequestError(
    attempt.signal.aborted
      ? aborted
      : failure(
          'timeout',
          'TIMEOUT',
          '--rate, or the server’s own limit, left no place for it within --timeout',
        ),
  );
}

/** @throws RequestError where a 404 is the assistant's own: then every turn would fail. */
export async function checkAssistant(
  { server, settings }: ConversationParts,
  attempt: Try,
  message: string,
): Promise<void> {
  if ((await server.assistant(attempt, settings.run.assistantId)) !== null) return;
  throw new RequestError(failure('not_found', 'AGENT_NOT_FOUND', message, { status: 404 }));
}

/** An earlier start sent it and did not live to see the answer. */
export const leftInFlight = failed(
  failure(
    'reset',
    'LEFT_IN_FLIGHT',
    'an earlier start sent this and ended before the answer came; it is not sent again',
    { mayHaveRun: true, uncertain: true },
  ),
);

/** An earlier start sent it, and the row was edited since: that run's answer is not this row's. */
export const editedInFlight = failed(
  failure(
    'invalid',
    'EDITED_IN_FLIGHT',
    'an earlier start sent this row as it was before it was edited; that run’s answer is not taken for the edited row’s',
    { mayHaveRun: true },
  ),
);
