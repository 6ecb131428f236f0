/** From options to a connection. */

import { accessOf } from '../access.ts';
import type { AgentOptions } from '../agent/index.ts';
import type { Ownership } from '../contracts.ts';
import type { Config } from '../options.ts';
import type { Io } from './io.ts';

/** @param ownership Of the batch that asks. */
export function agentOptions(config: Config, env: Io['env'], ownership?: Ownership): AgentOptions {
  const { url, headers, secrets } = accessOf(config, env);
  return {
    url,
    headers,
    secrets,
    agent: config.agent ?? '',
    ownership,
    connectTimeoutMs: config.connectTimeoutMs,
    idleTimeoutMs: config.idleTimeoutMs,
    maxAnswerBytes: config.maxAnswerBytes,
    proxies: proxiesOf(env),
  };
}

export const proxiesOf = (env: Io['env']): AgentOptions['proxies'] => ({
  http: env['http_proxy'] ?? env['HTTP_PROXY'],
  https: env['https_proxy'] ?? env['HTTPS_PROXY'],
  no: env['no_proxy'] ?? env['NO_PROXY'],
});
