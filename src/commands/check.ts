/** `threadmill check`: is the URL right, is the key accepted, is the agent there? */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attemptTurn } from '../attempt.ts';
import type { Config } from '../options.ts';
import { visible, visibleLine } from '../reports/terminal.ts';
import type { Job, Outcome } from '../types.ts';
import type { Io } from './io.ts';
import { newBatchId } from './open-batch.ts';
import { type Reached, reach, targetOf } from './target.ts';

/** Prints what it found; gives the exit code. @throws AgentError, ConfigError */
export async function check(config: Config, io: Io): Promise<number> {
  const target = await targetOf(config, io);
  const stateDir =
    target.isLocal && target.command === null ? await mkdtemp(join(tmpdir(), 'threadmill-')) : '';
  try {
    const reached = await reach(target, config, io, { server: stateDir, serverLog: null });
    try {
      io.stdout.write(described(reached));
      if (config.ask === null) return 0;
      const outcome = await askOnce(config.ask, reached, config, io);
      io.stdout.write(`\n${told(outcome)}\n`);
      return outcome.outcome === 'success' ? 0 : 1;
    } finally {
      await reached.close();
    }
  } finally {
    if (stateDir !== '') await rm(stateDir, { recursive: true, force: true });
  }
}

function described({ facts, url }: Reached): string {
  const rows = [
    ['agent', facts.name ?? '(no name)'],
    ['id', facts.id],
    ['graph', facts.graph ?? '(not told)'],
    ['version', facts.version],
    ['updated', facts.updatedAt ?? '(not told)'],
    ['url', url],
  ];
  return rows.map(([name, value]) => `${name?.padEnd(9)}${visibleLine(value ?? '')}\n`).join('');
}

/** One message on a thread of its own, which is deleted after a success. */
async function askOnce(
  text: string,
  { connection, facts }: Reached,
  config: Config,
  io: Io,
): Promise<Outcome> {
  const example = { id: 'check', index: 0, input: text, expected: null, metadata: {}, cells: [] };
  const place = { turn: null, recorded: null, revision: 1, replaces: null };
  const turn = { example, input: text, expected: null, ...place };
  const job: Job = { key: 'check', trial: 1, turns: [turn], intent: null, problem: null };
  const delivery = 'exactly-once';
  const agent = connection.agent(
    facts,
    {
      batchId: newBatchId(),
      mode: 'threaded',
      delivery,
      threads: 'auto',
      isLocal: config.local !== null || config.serveCommand !== null,
      stream: false,
      body: {},
      ratePerMs: null,
    },
    { note: async () => {} },
  );
  const conversation = agent.open(job);
  const signal = new AbortController().signal;
  const options = { retries: 0, retryAgent: 'none', delivery, timeoutMs: config.timeoutMs } as const;
  const { outcome } = await attemptTurn(
    { ask: (attempt) => conversation.ask(turn, attempt) },
    options,
    io.runtime,
    signal,
  );
  await conversation.close([outcome.outcome]);
  return outcome;
}

const told = ({ outcome, response, failure }: Outcome): string =>
  outcome === 'success'
    ? visible(response ?? '(no text)')
    : visible(`${outcome}: ${failure?.code}: ${failure?.message}`);
