/** Which mode and delivery hold. Pure. */

import { ConfigError } from '../errors.ts';
import type { Config } from '../options.ts';
import type { Delivery, Mode } from '../types.ts';
import type { Dataset } from './dataset.ts';

export interface BatchPromise {
  readonly mode: Mode;
  readonly delivery: Delivery;
}

/** @throws ConfigError where the two cannot go together, with the reason. */
export function promiseOf(
  config: Pick<Config, 'mode' | 'delivery' | 'retryAgent' | 'onInterrupt' | 'answers'>,
  { facts }: Pick<Dataset, 'facts'>,
): BatchPromise {
  const mode = config.mode === 'auto' ? 'threaded' : config.mode;
  const delivery = config.delivery ?? (mode === 'threaded' ? 'exactly-once' : 'at-most-once');
  if (mode === 'stateless' && facts.conversations > 0) {
    throw new ConfigError(
      '--mode stateless: the dataset has conversations, and only a thread remembers the turn before; use --mode threaded',
    );
  }
  if (mode === 'stateless' && delivery === 'exactly-once') {
    throw new ConfigError(
      '--delivery exactly-once: a stateless run leaves nothing on the server to look at after a lost answer; use --mode threaded, or at-most-once',
    );
  }
  if (mode === 'stateless' && config.retryAgent === 'continue') {
    throw new ConfigError(
      '--retry-agent continue: a stateless run leaves no thread to go on from; use --mode threaded, or fresh',
    );
  }
  const answersBy = howAnswered(config, facts.roles.resume);
  if (mode === 'stateless' && answersBy !== null) {
    throw new ConfigError(
      `${answersBy}: a stateless run leaves no thread on which it could be answered; use --mode threaded`,
    );
  }
  return { mode, delivery };
}

/** What answers runs that wait, as a person would name it; null: nothing does. */
function howAnswered(
  { onInterrupt, answers }: Pick<Config, 'onInterrupt' | 'answers'>,
  resume: string | null,
): string | null {
  if (onInterrupt === 'approve' || onInterrupt === 'reject') return `--on-interrupt ${onInterrupt}`;
  if (answers !== null) return '--answers';
  return resume === null ? null : `the column ${JSON.stringify(resume)}`;
}
