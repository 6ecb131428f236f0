/** The judge that the options name: what it is told, how it is reached, and from when to when. */

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { accessOf, judgeAccessOf } from '../access.ts';
import type { JudgeConnection, JudgeOptions } from '../agent/judge.ts';
import type { Judge, JudgeQuestion, JudgeReply } from '../contracts.ts';
import { ConfigError } from '../errors.ts';
import { Judging } from '../judging.ts';
import type { Config } from '../options.ts';
import { judgeFaults } from '../rules.ts';
import { agentOptions } from './agent.ts';
import type { Io } from './io.ts';

/** What a judge needs of a batch that runs. */
export interface JudgeSession {
  /** Where the batch's own agent is now; an assistant may judge there. */
  readonly url: string;
  /** Aborts: nobody waits for a reply any more. */
  readonly signal: AbortSignal;
  /** A line for people. */
  readonly say: (line: string) => void;
}

/** A judge that is asked between `begin` and `close`; before and after it replies nothing. */
export interface NamedJudge extends Judge {
  /** For the plan: who, where, and how many at once. */
  readonly told: string;
  /** @throws ConfigError where a key would go over an open way. */
  begin(session: JudgeSession): Promise<void>;
  /** What a person is to know at the end, a sentence each. */
  notes(): readonly string[];
  close(): Promise<void>;
}

/** Null: none is named. Sends nothing. @throws ConfigError where the options do not fit, or its prompt cannot be read. */
export async function judgeOf(
  config: Config,
  io: Pick<Io, 'cwd' | 'env' | 'runtime'>,
): Promise<NamedJudge | null> {
  const { judgeAgent, judgeModel, judgePrompt } = config;
  const faults = judgeFaults(config, io.env);
  if (faults.length > 0) throw new ConfigError(faults);
  if (judgeAgent === null && judgeModel === null) return null;
  const template = judgePrompt === null ? null : await readPrompt(resolve(io.cwd, judgePrompt));
  return new Sessions(config, io, template);
}

/** Who names a judge means it to judge. @param used Scorers, as they are named. */
export function assertJudgeAsked(used: readonly string[], judge: NamedJudge | null): void {
  if (judge === null || used.some((text) => /^(judge|assertions)\b/.test(text))) return;
  throw new ConfigError(
    `--judge-url, --judge-agent: nobody asks the judge: add --scorer judge, or --scorer 'judge:is polite'`,
  );
}

const noReply: JudgeReply = { text: null, why: 'nobody judges here' };

async function readPrompt(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    throw new ConfigError(
      `--judge-prompt: ${path} cannot be read (${error instanceof Error ? error.message : String(error)})`,
    );
  });
}

class Sessions implements NamedJudge {
  readonly model: string;
  readonly temperature: number | null;
  readonly template: string | null;
  private readonly config: Config;
  private readonly io: Pick<Io, 'env' | 'runtime'>;
  private connection: JudgeConnection | null = null;
  private judging: Judging | null = null;

  constructor(config: Config, io: Pick<Io, 'env' | 'runtime'>, template: string | null) {
    const { judgeAgent, judgeModel, judgeTemperature } = config;
    this.model = judgeAgent ?? judgeModel ?? '';
    this.temperature = judgeAgent !== null || judgeTemperature === 'none' ? null : judgeTemperature;
    this.template = template;
    this.config = config;
    this.io = io;
  }

  get told(): string {
    const { judgeUrl, judgeAgent, judgeConcurrency } = this.config;
    const who = judgeAgent === null ? this.model : `the assistant ${this.model}`;
    return `${who}${judgeUrl === null ? '' : ` at ${judgeUrl}`}, ${judgeConcurrency} at once`;
  }

  async begin({ url, signal, say }: JudgeSession): Promise<void> {
    const { judgeConcurrency, judgeTimeoutMs, judgeRetries } = this.config;
    const { runtime } = this.io;
    const { connectJudge } = await import('../agent/judge.ts');
    const connection = connectJudge(
      connectionOptions(this.config, this.io.env, url, this.temperature),
      runtime,
    );
    this.connection = connection;
    this.judging = new Judging(
      { concurrency: judgeConcurrency, timeoutMs: judgeTimeoutMs, retries: judgeRetries },
      { ask: connection.ask, signal, onTrouble: say, runtime },
    );
  }

  async ask(question: JudgeQuestion): Promise<JudgeReply> {
    return this.judging?.ask(question) ?? noReply;
  }

  notes(): readonly string[] {
    return this.judging?.notes() ?? [];
  }

  async close(): Promise<void> {
    await this.connection?.close();
    this.connection = null;
  }
}

/** A verdict is a line; who sends more is no judge. */
const longestReplyBytes = 4_000_000;

/** @param ownUrl Of the batch's own agent. */
function connectionOptions(
  config: Config,
  env: Io['env'],
  ownUrl: string,
  temperature: number | null,
): JudgeOptions {
  const { judgeAgent, judgeModel, judgeTimeoutMs, local } = config;
  const ownConfig = { ...config, url: ownUrl, ...(local !== null && { apiKey: null }) };
  const own = agentOptions(ownConfig, env);
  const apart = judgeAccessOf(config, env);
  const { faults } = apart ?? accessOf(ownConfig, env);
  if (faults.length > 0) throw new ConfigError(faults);
  const { url, headers, secrets } = apart ?? own;
  return {
    url,
    headers,
    secrets: [...own.secrets, ...secrets],
    by: judgeAgent === null ? { model: judgeModel ?? '', temperature } : { assistant: judgeAgent },
    proxies: own.proxies,
    connectTimeoutMs: own.connectTimeoutMs,
    idleTimeoutMs: judgeTimeoutMs,
    maxAnswerBytes: Math.min(own.maxAnswerBytes, longestReplyBytes),
  };
}
