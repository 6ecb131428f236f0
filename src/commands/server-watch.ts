import type { AgentError } from '../errors.ts';
import type { Reached } from './target.ts';

export interface ServerWatch {
  /** Aborts when the server has ended. */
  readonly signal: AbortSignal;
  readonly error: AgentError | null;
  /** What happens from now on is no surprise. */
  close(): void;
}

/** Sees whether the local server ends by itself while the batch runs. */
export function watchServer({ died }: Reached): ServerWatch {
  const controller = new AbortController();
  let error: AgentError | null = null;
  let isOver = false;
  void died.then((its) => {
    if (isOver) return;
    error = its;
    controller.abort();
  });
  return {
    signal: controller.signal,
    get error() {
      return error;
    },
    close: () => {
      isOver = true;
    },
  };
}
