/** A thread that nobody should use any more, looked at once more when the batch is at its end. */

import { RequestError } from '../errors.ts';
import type { LooseThread } from '../loose.ts';
import type { ConversationParts } from './conversation.ts';
import { threadId } from './request.ts';
import { hasEnded } from './resources.ts';

/**
 * `clean`: it is not there, or it is in use as it should be · `busy`: a run is under way on it ·
 * `ran`: it was given up, and a late request ran on it all the same · `unknown`: the server did not say.
 */
export type Swept = 'clean' | 'busy' | 'ran' | 'unknown';

/** Deletes the thread where it is empty; never one with a run on it. */
export async function sweepThread(
  { server, settings, runtime }: ConversationParts,
  loose: LooseThread,
  signal: AbortSignal,
): Promise<Swept> {
  const id = threadIdOf(settings.batchId, loose);
  const call = { deadline: runtime.now() + settings.idleTimeoutMs, signal };
  try {
    const thread = await server.thread(call, id);
    const runs = thread === null ? null : await server.runs(call, id);
    if (thread === null || runs === null) return 'clean';
    if (runs.length > 0 && !loose.isGivenUp) return 'clean';
    if (thread.status === 'busy' || !runs.every(hasEnded)) return 'busy';
    if (runs.length > 0) return 'ran';
    await server.deleteThread(call, id);
    return 'clean';
  } catch (error) {
    if (error instanceof RequestError) return 'unknown';
    throw error;
  }
}

const threadIdOf = (batch: string, loose: LooseThread): string =>
  loose.thread_id ?? threadId(batch, loose, loose.generation);
