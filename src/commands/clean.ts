/** `threadmill clean`: deletes the threads that a batch kept on the server. */

import type { ThreadsDeleted } from '../agent/index.ts';
import { connect } from '../agent/index.ts';
import { ConfigError } from '../errors.ts';
import type { Config, OptionKey } from '../options.ts';
import { formatCount } from '../reports/figures.ts';
import { signalExitCodes } from '../reports/verdict.ts';
import { takeLock } from '../results/lock.ts';
import { agentOptions } from './agent.ts';
import { configOfBatch, readBatch } from './batch-config.ts';
import type { Io } from './io.ts';
import { isOwnUrl } from './target.ts';
import { say } from './tell.ts';

/**
 * Gives the exit code: 0, 3 where a thread is busy and was left, or the signal's that stopped it.
 * @throws ConfigError, AgentError, LockedError
 */
export async function clean(
  name: string,
  options: Config,
  given: ReadonlySet<OptionKey>,
  io: Io,
): Promise<number> {
  const batch = await readBatch(name, io.cwd);
  const config = configOfBatch(batch, options, given, io);
  const { url } = batch.manifest.identity;
  if (url === 'local') {
    throw new ConfigError(`${name}: its threads lie in the directory itself (server/), and go with it`);
  }
  if (isOwnUrl(url)) {
    throw new ConfigError(`${name}: its threads lie where the server of its --serve-command keeps them`);
  }
  if (batch.manifest.state !== 'finished') {
    throw new ConfigError(
      `${name}: the batch is not finished, and goes on with its threads; finish it first`,
    );
  }
  await using _lock = await takeLock(batch.files.lock);
  const connection = connect(agentOptions(config, io.env), io.runtime);
  const stopping = new AbortController();
  let exitCode: number | null = null;
  const stopListening = io.onSignal((signal) => {
    exitCode ??= signalExitCodes[signal];
    stopping.abort();
  });
  try {
    const done = await connection.deleteThreads({
      batchId: batch.manifest.id,
      withWaiting: options.interrupted,
      drain: stopping.signal,
      onDeleted: (count) => {
        if (count % 1_000 === 0) say(io, config, `${formatCount(count)} threads deleted so far.`);
      },
    });
    say(io, config, told(done));
    return exitCode ?? (done.busy > 0 ? 3 : 0);
  } finally {
    stopListening();
    await connection.close();
  }
}

function told({ deleted, busy, waiting }: ThreadsDeleted): string {
  const parts = [
    `${threads(deleted)} deleted.`,
    busy > 0 && `${threads(busy)} left: a run is on ${busy === 1 ? 'it' : 'them'}; try again later.`,
    waiting > 0 && `${threads(waiting)} left: a person is waited for; --interrupted deletes these too.`,
  ];
  return parts.filter((part) => typeof part === 'string').join(' ');
}

const threads = (count: number): string => `${formatCount(count)} thread${count === 1 ? '' : 's'}`;
