/** From options to a connection: headers, secrets, proxies. */

import type { AgentOptions } from '../agent/index.ts';
import { ConfigError } from '../errors.ts';
import type { Config } from '../options.ts';
import type { Io } from './io.ts';

type Environment = Io['env'];

/**
 * How the agent is reached.
 * @throws ConfigError with every fault there is.
 */
export function agentOptions(config: Config, env: Environment): AgentOptions {
  const faults: string[] = [];
  const { url, user } = splitUser(config.url ?? '');
  if (config.url === null) faults.push(missing('--url', "the deployment's URL", 'LANGGRAPH_API_URL'));
  if (config.agent === null) faults.push(missing('--agent', "the agent's id", 'LANGGRAPH_AGENT_ID'));
  const own = ownHeaders(config, env, faults);
  const key = config.apiKey;
  if (key !== null && config.url !== null && !config.insecureHttp && isOpen(url)) {
    faults.push(
      `--url: the key would go over plain http to ${new URL(url).host}; use https, or --insecure-http where the way is safe`,
    );
  }
  if (key !== null && !/^[\x21-\x7e]+$/.test(key)) {
    faults.push('LANGGRAPH_API_KEY: expected visible ASCII characters alone, got others (not shown)');
  }
  if (faults.length > 0) throw new ConfigError(faults);

  const auth = user === null ? {} : { authorization: `Basic ${Buffer.from(user).toString('base64')}` };
  const keyHeaders =
    key === null
      ? {}
      : { 'x-api-key': key, ...(config.authScheme === '' ? {} : { 'x-auth-scheme': config.authScheme }) };
  return {
    url,
    agent: config.agent ?? '',
    headers: {
      'user-agent': 'threadmill',
      accept: 'application/json, text/event-stream',
      ...auth,
      ...keyHeaders,
      ...own,
    },
    secrets: [key, user, user?.split(':')[1], ...Object.values(own), ...Object.values(auth)].filter(
      (secret) => secret !== null && secret !== undefined,
    ),
    connectTimeoutMs: config.connectTimeoutMs,
    idleTimeoutMs: config.idleTimeoutMs,
    proxies: {
      http: env['http_proxy'] ?? env['HTTP_PROXY'],
      https: env['https_proxy'] ?? env['HTTPS_PROXY'],
      no: env['no_proxy'] ?? env['NO_PROXY'],
    },
  };
}

const missing = (flag: string, what: string, variable: string) =>
  `${flag}: expected ${what}, got nothing: give it, or set ${variable} in .env (threadmill init writes one), or try --local`;

/** The user part of a URL is a secret: it goes into a header, and never into a file or a message. */
function splitUser(text: string): { url: string; user: string | null } {
  if (text === '') return { url: '', user: null };
  const url = new URL(text);
  const { username, password } = url;
  url.username = '';
  url.password = '';
  const user = username === '' ? null : `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { url: url.href.replace(/\/+$/, ''), user };
}

/** Could others on the way read it? */
function isOpen(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

function ownHeaders(config: Config, env: Environment, faults: string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const { name, value } of config.headers) {
    headers[name.toLowerCase()] = value.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, variable: string) => {
      const found = env[variable];
      if (found === undefined)
        faults.push(`--header ${name}: expected \${${variable}} in the environment or .env, got nothing`);
      return found?.trim() ?? '';
    });
  }
  return headers;
}
