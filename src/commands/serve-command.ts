/** `--serve-command`: the server that a command of the user's starts, its log beside the batch. */

import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { accessOf } from '../access.ts';
import { createRedactor } from '../agent/redact.ts';
import { ConfigError } from '../errors.ts';
import type { Config } from '../options.ts';
import { startServed } from '../server/served.ts';
import type { Io } from './io.ts';
import { diedError, type OwnServer } from './own-server.ts';

/** @throws ConfigError, AgentError where it does not start. */
export async function serveByCommand(
  command: string,
  logPath: string | null,
  config: Config,
  io: Io,
): Promise<OwnServer> {
  const { secrets } = accessOf({ ...config, url: null }, io.env);
  const redact = createRedactor(secrets).text;
  const log = logPath === null ? undefined : await openLog(logPath);
  try {
    log?.write(`--- ${io.runtime.date().toISOString()} ${redact(command)}\n`);
    const { url, exited, stop } = await startServed({
      command,
      cwd: io.cwd,
      timeoutMs: config.serveTimeoutMs,
      log,
      redact,
    });
    const died = exited.then((exit) => diedError('the server of --serve-command', exit));
    return {
      url,
      apiKey: config.apiKey,
      died,
      stop: async () => {
        await stop();
        log?.end();
      },
    };
  } catch (error) {
    log?.end();
    throw error;
  }
}

/** Goes on with what an earlier start left. */
async function openLog(path: string): Promise<Writable> {
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = constants;
  const handle = await open(path, O_APPEND | O_CREAT | O_WRONLY | O_NOFOLLOW).catch((error: unknown) => {
    const saw = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`${path}: expected a file for what the server prints, ${saw}`, { cause: error });
  });
  const log = handle.createWriteStream();
  // A full disk stops the batch where it counts; the server's words are not worth it.
  log.on('error', () => {});
  return log;
}
