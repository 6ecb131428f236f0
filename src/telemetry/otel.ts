/** OpenTelemetry's SDK, put together: the one place for its libraries. Everything it holds is bounded. */

import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { type Attributes, type Meter, ROOT_CONTEXT, type Span, type Tracer, trace } from '@opentelemetry/api';
import { OTLPMetricExporter as JsonMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtobufMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter as JsonTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { Runtime } from '../runtime.ts';
import type { OtelTarget, OtelWish } from './otel-environment.ts';

export interface SpanFacts {
  readonly name: string;
  /** 16 hexadecimal digits: what was sent as `traceparent` names it already. */
  readonly id: string;
  readonly parent: Span | null;
  readonly isClient?: boolean;
  readonly startMs: number;
  readonly attributes: Attributes;
}

export interface Otel {
  readonly traceId: string;
  start(facts: SpanFacts): Span;
  readonly meter: Meter;
  /** Sends what is left, for so long at most. Gives how many spans were made that no collector took. */
  close(): Promise<number>;
}

const flushMs = 5_000;

/** @param traceId Of all spans: 32 hexadecimal digits. */
export function openOtel(wish: OtelWish, traceId: string, runtime: Runtime): Otel {
  const agents = {
    'http:': new HttpAgent({ keepAlive: true }),
    'https:': new HttpsAgent({ keepAlive: true }),
  };
  const named = (target: OtelTarget) => ({
    url: target.url,
    headers: target.headers,
    timeoutMillis: target.timeoutMs,
    httpAgentOptions: (protocol: string) => agents[protocol === 'https:' ? 'https:' : 'http:'],
  });
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': wish.serviceName }))
    .merge(detectResources({ detectors: [envDetector] }));
  let nextId = '';
  let made = 0;
  let taken = 0;
  const spans = new BasicTracerProvider({
    resource,
    idGenerator: { generateTraceId: () => traceId, generateSpanId: () => nextId },
    spanProcessors: processorsOf(wish.traces, named, (count) => {
      taken += count;
    }),
  });
  const metrics = new MeterProvider({ resource, readers: readersOf(wish.metrics, named) });
  const tracer: Tracer = spans.getTracer('threadmill');

  return {
    traceId,
    meter: metrics.getMeter('threadmill'),
    start: ({ name, id, parent, isClient, startMs, attributes }) => {
      nextId = id;
      const context = parent === null ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, parent);
      const span = tracer.startSpan(
        name,
        { kind: isClient ? 2 : 0, startTime: startMs, attributes },
        context,
      );
      if (span.isRecording() && wish.traces !== null) made += 1;
      return span;
    },
    close: async () => {
      const over = new AbortController();
      const sent = Promise.allSettled([spans.shutdown(), metrics.shutdown()]);
      await Promise.race([sent, runtime.sleep(flushMs, over.signal)]);
      over.abort();
      for (const agent of Object.values(agents)) agent.destroy(); // what hangs would keep the process
      return made - taken;
    },
  };
}

type Named = (target: OtelTarget) => ConstructorParameters<typeof JsonTraceExporter>[0];

/** The SDK's own bounds: 2,048 spans wait, 512 are sent at once, one request at a time; what is more is dropped. */
function processorsOf(target: OtelTarget | null, named: Named, onTaken: (count: number) => void) {
  if (target === null) return [];
  const exporter: SpanExporter =
    target.protocol === 'http/json'
      ? new JsonTraceExporter(named(target))
      : new ProtobufTraceExporter(named(target));
  const counted: SpanExporter = {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        if (result.code === 0) onTaken(spans.length);
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
  };
  return [new BatchSpanProcessor(counted, { exportTimeoutMillis: flushMs })];
}

function readersOf(target: OtelTarget | null, named: Named) {
  if (target === null) return [];
  const exporter =
    target.protocol === 'http/json'
      ? new JsonMetricExporter(named(target))
      : new ProtobufMetricExporter(named(target));
  return [new PeriodicExportingMetricReader({ exporter, exportTimeoutMillis: flushMs })];
}
