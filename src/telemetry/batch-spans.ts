/**
 * A batch as spans and metrics: batch → example → attempt. Made of records, once they are durable: a span is nothing
 * but a time that is known, and the way of a row knows nothing of it. No contents.
 */

import { randomBytes } from 'node:crypto';
import type { Attributes, Span } from '@opentelemetry/api';
import type { Runtime } from '../runtime.ts';
import type { Summary } from '../summary-types.ts';
import type { Attempt, JobRecord } from '../types.ts';
import type { ObservedBatch, Observer } from './observer.ts';
import { openOtel } from './otel.ts';
import type { OtelWish } from './otel-environment.ts';
import { createTally } from './otel-metrics.ts';
import { ownAttempts } from './own-attempts.ts';
import { placeInMetadata, spanId, traceparent } from './span-ids.ts';

/** @param say Told at the end what no collector took. */
export function traceBatch(
  wish: OtelWish,
  batch: ObservedBatch,
  { runtime, say }: { readonly runtime: Runtime; readonly say: (text: string) => void },
): Observer {
  const otel = openOtel(wish, randomBytes(16).toString('hex'), runtime);
  const { traceId } = otel;
  const agent = agentAttributes(batch);
  const root = otel.start({
    name: 'batch',
    id: randomBytes(8).toString('hex'),
    parent: null,
    startMs: runtime.date().getTime(),
    attributes: { ...agent, ...batchAttributes(batch) },
  });
  const isSampled = (root.spanContext().traceFlags & 1) === 1;
  const tally = createTally(otel.meter, agent);

  return {
    traceparent: (metadata) => traceparent(traceId, spanId(traceId, placeInMetadata(metadata)), isSampled),
    onRecord: (record) => {
      const { id: example, trial, revision } = record;
      const place = { example, trial, turn: record.turn ?? 1, revision };
      const attempts = ownAttempts(record);
      tally.record(record, attempts);
      if (!isSampled) return;
      const turn = otel.start({
        name: 'example',
        id: spanId(traceId, { ...place, attempt: 0 }),
        parent: root,
        startMs: Date.parse(record.started_at),
        attributes: { ...agent, ...recordAttributes(record) },
      });
      for (const attempt of attempts) {
        const startMs = Date.parse(attempt.started_at);
        const span = otel.start({
          name: `invoke_agent ${batch.agent.name ?? batch.agent.id}`,
          id: spanId(traceId, { ...place, attempt: attempt.attempt }),
          parent: turn,
          isClient: true,
          startMs,
          attributes: { ...agent, ...attemptAttributes(record, attempt) },
        });
        endSpan(span, attempt.failure?.code ?? null, startMs + attempt.latency_ms);
      }
      addScores(turn, record);
      endSpan(turn, record.outcome === 'error' ? (record.failure?.code ?? 'error') : null, endMs(record));
    },
    onOutage: ({ isOn, why }) => {
      root.addEvent(isOn ? 'outage' : 'outage_over', { 'error.type': why.code }, runtime.date());
    },
    onEnd: (summary) => {
      tally.end(summary);
      root.setAttributes(endAttributes(summary));
    },
    [Symbol.asyncDispose]: async () => {
      root.end(runtime.date());
      const lost = await otel.close();
      if (lost > 0)
        say(`OpenTelemetry: ${lost} spans were taken by no collector (OTEL_EXPORTER_OTLP_ENDPOINT).`);
    },
  };
}

/** 2 is *error*. The message of a failure may quote what was said, so its code stands for it. */
function endSpan(span: Span, code: string | null, endMs: number): void {
  if (code !== null) span.setAttribute('error.type', code).setStatus({ code: 2 });
  span.end(endMs);
}

/** Wall clocks jump: a span ends no sooner than what is in it. */
const endMs = ({ attempts, finished_at, started_at }: JobRecord): number =>
  Math.max(
    Date.parse(finished_at),
    Date.parse(started_at),
    ...attempts.slice(-1).map((last) => Date.parse(last.started_at) + last.latency_ms),
  );

function agentAttributes({ agent }: ObservedBatch): Attributes {
  const server = URL.canParse(agent.url) ? new URL(agent.url) : null;
  return {
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.provider.name': 'langgraph',
    'gen_ai.agent.id': agent.id,
    ...(agent.name !== null && { 'gen_ai.agent.name': agent.name }),
    ...(server !== null && { 'server.address': server.hostname }),
    ...(server?.port && { 'server.port': Number(server.port) }),
  };
}

const batchAttributes = ({
  id,
  dataset,
  mode,
  delivery,
  planned,
  left,
  agent,
}: ObservedBatch): Attributes => ({
  'threadmill.batch.id': id,
  'threadmill.dataset': dataset,
  'threadmill.mode': mode,
  'threadmill.delivery': delivery,
  'threadmill.planned': planned,
  'threadmill.left': left,
  'gen_ai.agent.version': agent.version ?? undefined,
});

const recordAttributes = (record: JobRecord): Attributes => ({
  'threadmill.example.id': record.id,
  'threadmill.trial': record.trial,
  'threadmill.turn': record.turn ?? undefined,
  'threadmill.revision': record.revision,
  'threadmill.outcome': record.outcome,
  'threadmill.wait_ms': record.wait_ms ?? undefined,
  'gen_ai.conversation.id': record.thread_id ?? undefined,
  'gen_ai.usage.input_tokens': record.usage?.input_tokens,
  'gen_ai.usage.output_tokens': record.usage?.output_tokens,
});

const attemptAttributes = (
  { id, thread_id }: JobRecord,
  { attempt, run_id, status }: Attempt,
): Attributes => ({
  'threadmill.example.id': id,
  'threadmill.attempt': attempt,
  'threadmill.run.id': run_id ?? undefined,
  'http.response.status_code': status ?? undefined,
  'gen_ai.conversation.id': thread_id ?? undefined,
});

function addScores(turn: Span, { scores, finished_at }: JobRecord): void {
  for (const [name, { value }] of Object.entries(scores)) {
    if (value === null) continue;
    const told = { 'gen_ai.evaluation.name': name, 'gen_ai.evaluation.score.value': value };
    turn.addEvent('gen_ai.evaluation.result', told, Date.parse(finished_at));
  }
}

const endAttributes = ({ verdict, batch, stop }: Summary): Attributes => ({
  'threadmill.verdict': verdict.verdict,
  'threadmill.exit_code': verdict.exit_code,
  'threadmill.state': batch.state,
  'threadmill.stop': stop?.code,
});
