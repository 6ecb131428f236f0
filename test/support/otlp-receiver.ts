/** A collector: takes OTLP over HTTP, decodes its JSON form, and fails as it is told. */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly isError: boolean;
  readonly events: readonly string[];
}

export interface OtlpReceiver extends AsyncDisposable {
  readonly url: string;
  readonly requests: {
    readonly path: string;
    readonly headers: IncomingMessage['headers'];
    readonly body: Buffer;
  }[];
  spans(): ReceivedSpan[];
  /** By name, of the last export: each point's attributes and value (of a histogram its count). */
  metrics(): Map<string, { attributes: Record<string, unknown>; value: number }[]>;
  service(): unknown;
}

type Answer = 'takes' | 'refuses' | 'hangs';

export async function startOtlpReceiver(answer: Answer = 'takes'): Promise<OtlpReceiver> {
  const requests: { path: string; headers: IncomingMessage['headers']; body: Buffer }[] = [];
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    requests.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) });
    if (answer === 'hangs') return;
    response.statusCode = answer === 'takes' ? 200 : 500;
    response.setHeader('content-type', String(request.headers['content-type']));
    response.end(request.headers['content-type'] === 'application/json' ? '{}' : '');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bodies = (path: string) =>
    requests.filter((one) => one.path === path).map(({ body }) => JSON.parse(body.toString('utf8')) as Otlp);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    spans: () =>
      bodies('/v1/traces')
        .flatMap(({ resourceSpans = [] }) => resourceSpans)
        .flatMap(({ scopeSpans }) => scopeSpans)
        .flatMap(({ spans }) => spans.map(received)),
    metrics: () => {
      const last = bodies('/v1/metrics').at(-1)?.resourceMetrics?.[0]?.scopeMetrics ?? [];
      const all = last.flatMap(({ metrics }) => metrics);
      return new Map(all.map((one) => [one.name, pointsOf(one)]));
    },
    service: () =>
      valuesOf(bodies('/v1/traces')[0]?.resourceSpans?.[0]?.resource.attributes ?? [])['service.name'],
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

type Values = readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];

interface Otlp {
  readonly resourceSpans?: readonly {
    readonly resource: { readonly attributes: Values };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
  readonly resourceMetrics?: readonly {
    readonly scopeMetrics: readonly { readonly metrics: readonly OtlpMetric[] }[];
  }[];
}

interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: Values;
  readonly status: { readonly code: number };
  readonly events: readonly { readonly name: string }[];
}

interface OtlpMetric {
  readonly name: string;
  readonly [kind: string]: unknown;
}

const valuesOf = (values: Values): Record<string, unknown> =>
  Object.fromEntries(values.map(({ key, value }) => [key, Object.values(value)[0]]));

const received = (span: OtlpSpan): ReceivedSpan => ({
  ...span,
  startMs: Number(span.startTimeUnixNano) / 1e6,
  endMs: Number(span.endTimeUnixNano) / 1e6,
  attributes: valuesOf(span.attributes),
  isError: span.status.code === 2,
  events: span.events.map(({ name }) => name),
});

function pointsOf(metric: OtlpMetric): { attributes: Record<string, unknown>; value: number }[] {
  const { dataPoints } = (metric['sum'] ?? metric['gauge'] ?? metric['histogram']) as {
    dataPoints: { attributes: Values; asInt?: number; asDouble?: number; count?: number }[];
  };
  return dataPoints.map(({ attributes, asInt, asDouble, count }) => ({
    attributes: valuesOf(attributes),
    value: asInt ?? asDouble ?? count ?? Number.NaN,
  }));
}
