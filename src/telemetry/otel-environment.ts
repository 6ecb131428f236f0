/** What the environment says of OpenTelemetry, by the names that its specification has. Pure. */

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where one signal goes. */
export interface OtelTarget {
  readonly url: string;
  readonly protocol: 'http/json' | 'http/protobuf';
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

export interface OtelWish {
  /** Null: nowhere. */
  readonly traces: OtelTarget | null;
  readonly metrics: OtelTarget | null;
  readonly serviceName: string;
  /** What cannot be used, a sentence each; without a value, which may be a secret. */
  readonly faults: readonly string[];
}

type Signal = 'TRACES' | 'METRICS';

/** Nothing may hold up the end of a batch for more than five seconds: a try is over before. */
const longestTimeoutMs = 4_000;
const isOn = (value: string | undefined): boolean => value?.trim().toLowerCase() === 'true';

/** Null where nothing is to be sent: then nothing need be loaded. */
export function otelWish(env: Environment): OtelWish | null {
  if (isOn(env['OTEL_SDK_DISABLED'])) return null;
  // What both share may be broken for both, and is told once.
  const faults = new Set<string>();
  const [traces, metrics] = (['TRACES', 'METRICS'] as const).map((signal) => {
    const own: string[] = [];
    const target = targetOf(signal, env, (fault) => own.push(fault));
    for (const fault of own) faults.add(fault);
    return own.length > 0 ? null : target;
  });
  if (!traces && !metrics && faults.size === 0) return null;
  const serviceName = env['OTEL_SERVICE_NAME'] || 'threadmill';
  return { traces: traces ?? null, metrics: metrics ?? null, serviceName, faults: [...faults] };
}

type Tell = (fault: string) => void;

/** What is told makes it unusable. */
function targetOf(signal: Signal, env: Environment, told: Tell): OtelTarget | null {
  const named = (what: string) => {
    const own = `OTEL_EXPORTER_OTLP_${signal}_${what}`;
    const name = env[own] ? own : `OTEL_EXPORTER_OTLP_${what}`;
    return { name, value: env[name] || undefined, isOwn: name === own };
  };
  const endpoint = named('ENDPOINT');
  const exporter = `OTEL_${signal}_EXPORTER`;
  if (endpoint.value === undefined || env[exporter] === 'none') return null;
  if (env[exporter] && env[exporter] !== 'otlp') told(`${exporter}: expected otlp or none`);
  const url = urlOf(endpoint.value, endpoint.isOwn ? '' : `v1/${signal.toLowerCase()}`);
  if (url === null) told(`${endpoint.name}: expected a URL such as http://127.0.0.1:4318`);
  const protocol = named('PROTOCOL');
  const spoken = protocol.value ?? 'http/protobuf';
  if (spoken !== 'http/json' && spoken !== 'http/protobuf')
    told(`${protocol.name}: expected http/json or http/protobuf, got ${JSON.stringify(spoken)}`);
  const timeout = named('TIMEOUT');
  const timeoutMs = timeout.value === undefined ? longestTimeoutMs : Number(timeout.value);
  if (!(timeoutMs > 0)) told(`${timeout.name}: expected milliseconds, such as 2000`);
  const general = headersOf('OTEL_EXPORTER_OTLP_HEADERS', env, told);
  const headers = { ...general, ...headersOf(`OTEL_EXPORTER_OTLP_${signal}_HEADERS`, env, told) };
  if (url === null || (spoken !== 'http/json' && spoken !== 'http/protobuf')) return null;
  return { url, protocol: spoken, headers, timeoutMs: Math.min(timeoutMs, longestTimeoutMs) };
}

function urlOf(endpoint: string, path: string): string | null {
  if (!URL.canParse(endpoint)) return null;
  const url = new URL(endpoint);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  if (path !== '') url.pathname = `${url.pathname.replace(/\/$/, '')}/${path}`;
  return url.href;
}

/** `name=value,name=value`, the values percent-encoded. */
function headersOf(name: string, env: Environment, told: Tell): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const pair of (env[name] ?? '').split(',')) {
    if (pair.trim() === '') continue;
    const [, key, text] = /^\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*=(.*)$/s.exec(pair) ?? [];
    const value = text === undefined ? null : decoded(text.trim());
    if (key === undefined || value === null) told(`${name}: expected name=value, with commas between`);
    else headers[key] = value;
  }
  return headers;
}

/** Null where it is no value that a header may have. */
function decoded(text: string): string | null {
  try {
    const value = decodeURIComponent(text);
    return /^[\t\x20-\x7e\x80-\xff]*$/.test(value) ? value : null;
  } catch {
    return null;
  }
}
