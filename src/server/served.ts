/** A server that a command of the user's starts: any Agent Server, in any language. */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { AgentError, ConfigError } from '../errors.ts';
import { type Runtime, systemRuntime } from '../runtime.ts';
import { firstAnswer } from './first-answer.ts';
import { freePort } from './free-port.ts';
import type { KeeperOrder, KeeperWord } from './keeper-words.ts';
import { keepLastLines } from './last-lines.ts';
import { stopWord } from './order.ts';
import { builtFile } from './place.ts';
import { lastLinesTimeoutMs, type ServerExit } from './process.ts';
import { signalGroup } from './process-group.ts';

export interface ServedOptions {
  /** For `sh -c`; each `{port}` in it is replaced. */
  readonly command: string;
  /** Where it runs. */
  readonly cwd: string;
  /** How long it may take until it answers. */
  readonly timeoutMs: number;
  /** Gets what the server prints, line by line, without colours. Not ended. */
  readonly log?: Writable | undefined;
  /** Takes secrets out of what the server prints. */
  readonly redact?: ((line: string) => string) | undefined;
  /** How long it may take to end after SIGTERM. Default 10 s. */
  readonly graceMs?: number | undefined;
  /** By whose clock `timeoutMs` are. */
  readonly runtime?: Pick<Runtime, 'sleep'> | undefined;
}

export interface ServedServer {
  readonly url: string;
  /** Resolves when the command has ended, by `stop` or by itself; never rejects. */
  readonly exited: Promise<ServerExit>;
  /** Ends the command and all that it started. May be called again. */
  stop(): Promise<void>;
}

const defaultGraceMs = 10_000;
/** Beyond the grace: for the keeper to see that all are gone. */
const keeperPatienceMs = 5_000;

/**
 * Starts it on a free port and waits until `GET /ok` says 200. It ends with this process, however that ends.
 * @throws ConfigError Where the shell knows no such command.
 * @throws AgentError Where it ended before it was ready, or was not ready in time.
 */
export async function startServed(options: ServedOptions): Promise<ServedServer> {
  if (process.platform === 'win32') {
    throw new ConfigError(
      '--serve-command: needs a POSIX shell; start the server by hand and give its --url',
    );
  }
  const { timeoutMs, runtime = systemRuntime } = options;
  const port = await freePort();
  const command = options.command.replaceAll('{port}', String(port));
  const { exited, stop } = keep(command, options);
  const waiting = new AbortController();
  const answer = firstAnswer(port, systemRuntime, waiting.signal);
  const early = await Promise.race([
    exited,
    answer.then(() => null),
    runtime.sleep(timeoutMs, waiting.signal).then(() => null),
  ]);
  waiting.abort();
  const { url, status } = await answer;
  if (url !== null && early === null) return { url, exited, stop };
  await stop();
  throw early === null ? late(port, timeoutMs, status, await exited) : endedEarly(command, early);
}

function late(port: number, timeoutMs: number, status: number | null, exit: ServerExit): Error {
  const seen = status === null ? 'nobody answered' : `it said ${status}`;
  return new AgentError(
    `--serve-command: the server did not answer GET /ok on port ${port} with 200 within ${timeoutMs / 1_000} s (${seen}): does ` +
      `it listen on the port that {port} gives it? A slow one needs a longer --serve-timeout${lastOf(exit)}`,
    3,
  );
}

function endedEarly(command: string, exit: ServerExit): Error {
  const { code, signal } = exit;
  // What a shell says of a command that is not there, or is none.
  if (code === 126 || code === 127) {
    return new ConfigError(`--serve-command: the shell cannot run ${JSON.stringify(command)}${lastOf(exit)}`);
  }
  return new AgentError(
    `--serve-command: the server ended with ${signal ?? `code ${code}`} before it was ready; it has to stay in the foreground${lastOf(exit)}`,
    3,
  );
}

const lastOf = ({ lastLines }: ServerExit): string =>
  lastLines.length === 0
    ? '\nIt printed nothing.'
    : `\nThe last it printed:\n${lastLines.map((line) => `  ${line}`).join('\n')}`;

/** The command, kept by a process that ends it if this one cannot. */
function keep(command: string, options: ServedOptions): Pick<ServedServer, 'exited' | 'stop'> {
  const { cwd, log, redact, graceMs = defaultGraceMs } = options;
  const order: KeeperOrder = { command, graceMs };
  const keeper = fork(builtFile('keeper.js'), [JSON.stringify(order)], {
    cwd,
    detached: true,
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const lastLines = keepLastLines(keeper, log, redact);
  const { exited, ended, kill } = watch(keeper, lastLines);
  const stop = async () => {
    if (keeper.connected) keeper.send(stopWord, () => {});
    const timer = setTimeout(kill, graceMs + keeperPatienceMs);
    await ended;
    clearTimeout(timer);
  };
  return { exited, stop };
}

function watch(keeper: ChildProcess, lastLines: readonly string[]) {
  let group: number | null = null;
  const kill = () => {
    if (group !== null) signalGroup(group, 'SIGKILL');
    keeper.kill('SIGKILL');
  };
  const closePipes = () => {
    keeper.stdout?.destroy();
    keeper.stderr?.destroy();
  };
  keeper.once('exit', (_, signal) => {
    if (signal !== null) kill(); // it was killed itself, and has ended nothing
    setTimeout(closePipes, lastLinesTimeoutMs).unref();
  });
  keeper.on('error', () => {}); // told below, where it matters
  // Either may come first; with the second all of its words have come.
  const over = Promise.all([once(keeper, 'close'), once(keeper, 'disconnect')]);
  const ended = over.then(
    () => {},
    () => {}, // it was never begun
  );
  const exited = new Promise<ServerExit>((resolve) => {
    const end = { code: keeper.exitCode, signal: keeper.signalCode };
    const tell = () => resolve({ ...end, lastLines: [...lastLines] });
    keeper.on('message', (word: KeeperWord) => {
      if ('group' in word) group = word.group;
      else if ('problem' in word) resolve({ ...end, lastLines: [word.problem] });
      else {
        Object.assign(end, word);
        setTimeout(tell, lastLinesTimeoutMs); // what it printed last comes by another way
      }
    });
    over.then(tell, (error: Error) => resolve({ ...end, lastLines: [error.message] }));
  });
  return { exited, ended, kill };
}
