import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { otelWish } from '../../src/telemetry/otel-environment.ts';

const base = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };

describe('otelWish', () => {
  it('is nothing without an endpoint, whatever else is there', () => {
    expect(otelWish({ OTEL_SERVICE_NAME: 'x', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })).toBeNull();
  });

  it.each([
    ['http://c:4318', 'http://c:4318/v1/traces'],
    ['http://c:4318/', 'http://c:4318/v1/traces'],
    ['https://c/otlp', 'https://c/otlp/v1/traces'],
  ])('sends spans of %s to %s', (OTEL_EXPORTER_OTLP_ENDPOINT, url) => {
    expect(otelWish({ OTEL_EXPORTER_OTLP_ENDPOINT })?.traces?.url).toBe(url);
  });

  it("takes a signal's own endpoint as it is, and leaves the other out", () => {
    const wish = otelWish({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c/x' });

    expect([wish?.traces?.url, wish?.metrics]).toEqual(['http://c/x', null]);
  });

  it("takes a signal's own headers before those of both", () => {
    const wish = otelWish({
      ...base,
      OTEL_EXPORTER_OTLP_HEADERS: 'a=1, b = two%20words ,',
      OTEL_EXPORTER_OTLP_METRICS_HEADERS: 'a=2',
    });

    expect(wish?.traces?.headers).toEqual({ a: '1', b: 'two words' });
    expect(wish?.metrics?.headers).toEqual({ a: '2', b: 'two words' });
  });

  it('gives no request longer than the end of a batch waits', () => {
    const timeout = (OTEL_EXPORTER_OTLP_TIMEOUT: string) =>
      otelWish({ ...base, OTEL_EXPORTER_OTLP_TIMEOUT })?.traces?.timeoutMs;

    expect([timeout('200'), timeout('10000')]).toEqual([200, 4_000]);
  });

  it.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4317'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'not a url'],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc'],
    ['OTEL_EXPORTER_OTLP_TIMEOUT', 'soon'],
    ['OTEL_EXPORTER_OTLP_TIMEOUT', '-1'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'secret-without-a-name'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'x=secret%0Ax: y'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'x=secret%E0'],
  ])('tells once that %s=%s cannot be used, sends nothing, and shows no secret', (name, value) => {
    const wish = otelWish({ ...base, [name]: value });

    expect(wish?.faults).toHaveLength(1);
    expect(wish?.faults[0]).toContain(`${name}: expected`);
    expect(wish?.faults[0]).not.toContain('secret');
    expect([wish?.traces, wish?.metrics]).toEqual([null, null]);
  });

  it('takes any environment', () => {
    const names = ['ENDPOINT', 'PROTOCOL', 'TIMEOUT', 'HEADERS', 'TRACES_ENDPOINT'];
    const environment = fc.record(
      Object.fromEntries(names.map((name) => [`OTEL_EXPORTER_OTLP_${name}`, fc.string()])),
    );
    fc.assert(fc.property(environment, (env) => void otelWish({ ...base, ...env })));
  });
});
