/** How an agent is reached: URL, headers and what of them is secret, out of the options. Pure. */

import type { Config } from './options.ts';

type Environment = Readonly<Record<string, string | undefined>>;
type AccessOptions = Pick<Config, 'url' | 'apiKey' | 'authScheme' | 'headers' | 'insecureHttp'>;

export interface Access {
  /** Without user part. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What must appear in no file and no message. */
  readonly secrets: readonly string[];
  /** What stands in the way, a sentence each. */
  readonly faults: readonly string[];
}

export function accessOf(options: AccessOptions, env: Environment): Access {
  const { apiKey, authScheme } = options;
  const { url, user } = splitUser(options.url);
  const own = ownHeaders(options, env);
  const basic = user === null ? null : `Basic ${Buffer.from(user).toString('base64')}`;
  const headers = {
    'user-agent': 'threadmill',
    accept: 'application/json, text/event-stream',
    ...(basic !== null && { authorization: basic }),
    ...(apiKey !== null && { 'x-api-key': apiKey }),
    ...(apiKey !== null && authScheme !== '' && { 'x-auth-scheme': authScheme }),
    ...own.headers,
  };
  const secrets = [apiKey, user, user?.slice(user.indexOf(':') + 1), basic, ...Object.values(own.headers)];
  return {
    url,
    headers,
    secrets: secrets.flatMap((secret) => secret || []),
    faults: [...keyFaults(options, url), ...own.faults],
  };
}

function keyFaults({ apiKey, insecureHttp }: AccessOptions, url: string): string[] {
  if (apiKey === null) return [];
  const faults = [];
  if (!/^[\x21-\x7e]+$/.test(apiKey)) {
    faults.push('LANGGRAPH_API_KEY: expected visible ASCII characters alone, got others (not shown)');
  }
  if (url !== '' && !insecureHttp && isOpen(url)) {
    const { host } = new URL(url);
    faults.push(
      `--url: the key would go over plain http to ${host}; use https, or --insecure-http where the way is safe`,
    );
  }
  return faults;
}

/** The user part of a URL is a secret: it goes into a header. */
function splitUser(text: string | null): { url: string; user: string | null } {
  if (text === null) return { url: '', user: null };
  const url = new URL(text);
  const { username, password } = url;
  url.username = '';
  url.password = '';
  const user = username === '' ? null : `${decoded(username)}:${decoded(password)}`;
  return { url: url.href.replace(/\/+$/, ''), user };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a lone % is itself
  }
}

/** Could others on the way read it? */
function isOpen(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

function ownHeaders({ headers }: AccessOptions, env: Environment) {
  const faults: string[] = [];
  const expanded: Record<string, string> = {};
  for (const { name, value } of headers) {
    expanded[name.toLowerCase()] = value.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, variable: string) => {
      const found = env[variable];
      if (found === undefined) {
        faults.push(`--header ${name}: expected \${${variable}} in the environment or .env, got nothing`);
      }
      return found?.trim() ?? '';
    });
  }
  return { headers: expanded, faults };
}

type JudgeOptions = Pick<
  Config,
  'judgeUrl' | 'judgeModel' | 'judgeAgent' | 'judgeKey' | 'authScheme' | 'insecureHttp'
>;

/** How a judge at a URL of its own is reached; null where none is named. An assistant is sent no key of OpenAI's. */
export function judgeAccessOf(options: JudgeOptions, env: Environment): Access | null {
  const { judgeUrl, judgeAgent, authScheme } = options;
  if (judgeUrl === null) return null;
  const key = judgeAgent === null ? options.judgeKey : env['JUDGE_API_KEY']?.trim() || null;
  const { url, user } = splitUser(judgeUrl);
  const own: Record<string, string> =
    key === null
      ? {}
      : judgeAgent === null
        ? { authorization: `Bearer ${key}` }
        : { 'x-api-key': key, ...(authScheme !== '' && { 'x-auth-scheme': authScheme }) };
  const faults = [];
  if (user !== null) faults.push('--judge-url: expected no user in it; set JUDGE_API_KEY');
  if (key !== null && !/^[\x21-\x7e]+$/.test(key))
    faults.push('JUDGE_API_KEY: expected visible ASCII characters alone, got others (not shown)');
  if (key !== null && !options.insecureHttp && isOpen(url)) {
    const { host } = new URL(url);
    faults.push(
      `--judge-url: the key would go over plain http to ${host}; use https, or --insecure-http where the way is safe`,
    );
  }
  return {
    url,
    headers: { 'user-agent': 'threadmill', accept: 'application/json', ...own },
    secrets: key === null ? [] : [key, `Bearer ${key}`],
    faults,
  };
}
