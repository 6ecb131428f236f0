/** `threadmill serve`: a local Agent Server in the foreground. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { Config } from '../options.ts';
import { visible } from '../reports/terminal.ts';
import { startLocalServer } from '../server/start.ts';
import type { Io } from './io.ts';

/** Serves until a signal, or until the server dies; gives the exit code. @throws ConfigError, AgentError */
export async function serve(graphs: string | undefined, config: Config, io: Io): Promise<number> {
  const stateDir = await mkdtemp(join(tmpdir(), 'threadmill-'));
  const log = new Writable({
    write: (chunk, _, done) => {
      io.stderr.write(visible(String(chunk)));
      done();
    },
  });
  try {
    await using server = await startLocalServer({
      graphs,
      stateDir,
      workers: config.workers,
      port: config.port,
      log,
    });
    const [first = ''] = server.agents;
    io.stdout.write(`Agent Server at ${server.url}\n  agents: ${server.agents.join(', ')}\n`);
    io.stderr.write(
      `\nFrom another terminal:\n  threadmill check --url ${server.url} --agent ${first} --ask hello\nCtrl-C stops it; its threads go with it.\n`,
    );
    const signalled = new Promise<number>((resolve) => {
      io.onSignal(() => resolve(0));
    });
    return await Promise.race([signalled, server.exited.then(() => 3)]);
  } finally {
    await rm(stateDir, { recursive: true, force: true });
  }
}
