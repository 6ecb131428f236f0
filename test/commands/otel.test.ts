/** A batch as a collector sees it, which may be slow, broken or gone. */

import { describe, expect, it } from 'vitest';
import { says, startAgentServer, throwsError } from '../support/agent-server.ts';
import { startOtlpReceiver } from '../support/otlp-receiver.ts';
import { questions, workplace } from '../support/threadmill.ts';

const run = (url: string, ...more: string[]) => [
  ...['run', 'sums.csv', '--url', url, '--agent', 'agent', '--out', 'out'],
  ...more,
];
const sums = 'id,prompt,answer,customer\na,1+1,2,Ada-metadata\nb,secret-prompt,4,Bob-metadata\n';
const agent = ({ prompt }: { prompt: string }) =>
  prompt === '1+1' ? says('It is 2: the-answer.') : throwsError('ValueError', 'no secret-prompt today');
const json = (url: string) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
});

describe('a batch with an OTLP endpoint in its environment', () => {
  it('is one trace: batch, examples, attempts, each in the one above', async () => {
    await using server = await startAgentServer({ agent });
    await using collector = await startOtlpReceiver();
    await using place = await workplace({ 'sums.csv': sums });

    const { code } = await place.command(run(server.url), { env: json(collector.url) });

    expect(code).toBe(1);
    const spans = collector.spans();
    const [batch, ...others] = spans.filter(({ parentSpanId }) => !parentSpanId);
    expect(others).toEqual([]);
    expect(batch).toMatchObject({
      name: 'batch',
      attributes: { 'threadmill.verdict': 'FAILED', 'threadmill.exit_code': 1 },
    });
    const examples = spans.filter(({ parentSpanId }) => parentSpanId === batch?.spanId);
    expect(
      examples.map(({ name, attributes }) => [name, attributes['threadmill.example.id']]).sort(),
    ).toEqual([
      ['example', 'a'],
      ['example', 'b'],
    ]);
    const records = await place.batch('out').records();
    for (const example of examples) {
      const record = records.find(({ id }) => id === example.attributes['threadmill.example.id']);
      const attempts = spans.filter(({ parentSpanId }) => parentSpanId === example.spanId);
      expect(attempts.map(({ attributes }) => attributes['threadmill.run.id'])).toEqual([record?.run_id]);
      expect(Math.round(attempts[0]?.startMs ?? 0)).toBe(Date.parse(record?.attempts[0]?.started_at ?? ''));
      expect(attempts[0]?.kind).toBe(3);
      expect(example.endMs).toBeGreaterThanOrEqual(attempts[0]?.endMs ?? Number.POSITIVE_INFINITY);
      expect(example.isError).toBe(record?.outcome === 'error');
      expect(example.events).toEqual(record?.outcome === 'success' ? ['gen_ai.evaluation.result'] : []);
    }
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    expect(spans).toHaveLength(5);
  });

  it('sends each run the name of its span', async () => {
    let tries = 0;
    const flaky = () => {
      tries += 1;
      return tries === 1 ? throwsError('ValueError', 'not yet') : says('It is 4.');
    };
    await using server = await startAgentServer({ agent: flaky });
    await using collector = await startOtlpReceiver();
    await using place = await workplace({ 'sums.csv': 'id,prompt\nb,2+2\n' });

    await place.command(run(server.url, '--retry-agent', 'fresh'), { env: json(collector.url) });

    const attempts = collector.spans().filter(({ name }) => name.startsWith('invoke_agent'));
    const sent = server.requests.flatMap(({ headers }) => headers['traceparent'] ?? []);
    expect(attempts).toHaveLength(2);
    expect(attempts.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`)).toEqual(sent);
  });

  it('tells metrics, by names and closed lists', async () => {
    await using server = await startAgentServer({ agent });
    await using collector = await startOtlpReceiver();
    await using place = await workplace({ 'sums.csv': sums });

    await place.command(run(server.url), { env: json(collector.url) });

    const metrics = collector.metrics();
    const turns = metrics.get('threadmill.turns') ?? [];
    expect(turns.map(({ attributes, value }) => [attributes['threadmill.outcome'], value]).sort()).toEqual([
      ['error', 1],
      ['success', 1],
    ]);
    expect(metrics.get('threadmill.exit_code')).toMatchObject([{ value: 1 }]);
    expect(metrics.get('gen_ai.client.operation.duration')?.map(({ value }) => value)).toEqual([1, 1]);
    const keys = [...metrics.values()].flat().flatMap(({ attributes }) => Object.keys(attributes));
    expect(keys.filter((key) => key.startsWith('threadmill.')).sort()).toEqual(
      expect.not.arrayContaining(['threadmill.batch.id', 'threadmill.example.id']),
    );
  });

  it('tells no contents and no secret', async () => {
    await using server = await startAgentServer({ agent });
    await using collector = await startOtlpReceiver();
    await using place = await workplace({ 'sums.csv': sums });
    const env = {
      ...json(collector.url),
      LANGGRAPH_API_KEY: 'key-of-yours-4711',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-collector=secret%20of%20its%20own',
      OTEL_SERVICE_NAME: 'nightly',
    };

    const { stderr, stdout } = await place.command(run(server.url), { env });

    expect(collector.service()).toBe('nightly');
    expect(collector.requests.map(({ headers }) => headers['x-collector'])).toEqual([
      'secret of its own',
      'secret of its own',
    ]);
    const all = collector.requests.map(({ body }) => body.toString('utf8')).join('');
    for (const content of ['1+1', 'secret-prompt', 'the-answer', 'Ada-metadata', 'key-of-yours'])
      expect(all).not.toContain(content);
    expect(stderr + stdout).not.toContain('of its own');
  });

  it('speaks protobuf unless told otherwise', async () => {
    await using server = await startAgentServer({ agent: () => says('It is 2.') });
    await using collector = await startOtlpReceiver();
    await using place = await workplace({ 'sums.csv': sums });

    await place.command(run(server.url), { env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });

    expect(collector.requests.map(({ path, headers }) => [path, headers['content-type']]).sort()).toEqual([
      ['/v1/metrics', 'application/x-protobuf'],
      ['/v1/traces', 'application/x-protobuf'],
    ]);
    const [traces] = collector.requests.filter(({ path }) => path === '/v1/traces');
    expect(traces?.body.includes('threadmill.example.id')).toBe(true);
  });

  it('is unsampled where the sampler says so, and its runs are told', async () => {
    await using server = await startAgentServer({ agent: () => says('It is 2.') });
    await using collector = await startOtlpReceiver();
    await using place = await workplace({ 'sums.csv': 'id,prompt\nb,2+2\n' });

    await place.threadmill(run(server.url), {
      env: { ...json(collector.url), OTEL_TRACES_SAMPLER: 'always_off' },
    });

    const sent = server.requests.flatMap(({ headers }) => headers['traceparent'] ?? []);
    expect(sent.map((header) => String(header).slice(-3))).toEqual(['-00']);
    expect(collector.requests.map(({ path }) => path)).toEqual(['/v1/metrics']);
  });
});

describe('a batch without one', () => {
  it.each([
    ['nothing is named', {}],
    ['it is switched off', { OTEL_SDK_DISABLED: 'true' }],
    ['the exporter is none', { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' }],
  ])('sends nothing where %s', async (_, env) => {
    await using server = await startAgentServer({ agent: () => says('It is 2.') });
    await using collector = await startOtlpReceiver();
    await using place = await workplace({ 'sums.csv': sums });
    const endpoint = Object.keys(env).length > 0 ? json(collector.url) : {};

    await place.command(run(server.url), { env: { ...endpoint, ...env } });

    expect(collector.requests).toEqual([]);
    expect(server.requests.flatMap(({ headers }) => headers['traceparent'] ?? [])).toEqual([]);
  });
});

describe('a collector', () => {
  it('that hangs holds up no batch, and its end for five seconds at most', async () => {
    await using server = await startAgentServer({ agent: () => says('It is 2.') });
    await using collector = await startOtlpReceiver('hangs');
    await using place = await workplace({ 'sums.csv': questions(3) });

    const { code, stderr } = await place.threadmill(run(server.url), { env: json(collector.url) });

    const { elapsed_ms } = await place.batch('out').summary();
    const manifest = JSON.parse(await place.batch('out').text('batch.json')) as { finished_at: string };
    const heldUpMs = Date.now() - Date.parse(manifest.finished_at);
    expect(code).toBe(0);
    expect(stderr).toContain('7 spans were taken by no collector');
    expect(elapsed_ms).toBeLessThan(4_000);
    expect(heldUpMs).toBeLessThan(5_000 + 2_000); // and the end of a process on a busy machine
  });

  it.each(['refuses', 'is gone'])('that %s changes neither exit code nor records', async (how) => {
    await using server = await startAgentServer({ agent: () => says('It is 2.') });
    await using collector = await startOtlpReceiver('refuses');
    await using place = await workplace({ 'sums.csv': questions(3) });
    const url = how === 'is gone' ? 'http://127.0.0.1:9' : collector.url;
    const env = { ...json(url), OTEL_EXPORTER_OTLP_TIMEOUT: '200' };

    const { code, stderr } = await place.command(run(server.url), { env });

    expect(code).toBe(0);
    expect(await place.batch('out').records()).toHaveLength(3);
    expect(stderr).toContain('7 spans were taken by no collector');
  });
});

describe('an environment that cannot be used', () => {
  it('is told, and the batch goes on without', async () => {
    await using server = await startAgentServer({ agent: () => says('It is 2.') });
    await using place = await workplace({ 'sums.csv': questions(1) });
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };

    const { code, stderr } = await place.command(run(server.url), { env });

    expect(code).toBe(0);
    const told = stderr.replaceAll('\n', ' ');
    expect(told).toContain('OTEL_EXPORTER_OTLP_ENDPOINT: expected a URL such as http://127.0.0.1:4318');
    expect(told).toContain('OTEL_EXPORTER_OTLP_PROTOCOL: expected http/json or http/protobuf, got "grpc"');
  });
});
