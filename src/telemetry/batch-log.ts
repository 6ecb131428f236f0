/** What a log tells of a batch. No contents unless they are asked for: no prompts, answers, tool calls, metadata. */

import type { Summary } from '../summary-types.ts';
import type { Attempt, Failure, JobRecord } from '../types.ts';
import type { Log, LogFields } from './log.ts';
import type { ObservedBatch, Observer } from './observer.ts';
import { ownAttempts } from './own-attempts.ts';

/** Tells that the batch begins; and what comes of it, as it is told. */
export function logBatch(log: Log, batch: ObservedBatch): Observer {
  const { id, ...facts } = batch;
  let isOutageTold = false;
  log.write('info', 'started', { batch: id, ...facts });

  return {
    onRecord: (record) => {
      const at = placeOf(id, record);
      for (const attempt of ownAttempts(record)) {
        if (attempt.failure !== null) log.write('warn', 'attempt', { ...at, ...attemptFields(attempt, log) });
      }
      log.write('debug', 'record', { ...at, ...recordFields(record, log) });
    },
    onOutage: ({ isOn, lastedMs, why }) => {
      const fields = { batch: id, lasted_ms: Math.round(lastedMs), ...failureFields(why, log) };
      if (!isOn) log.write('info', 'outage_over', fields);
      else if (!isOutageTold) log.write('warn', 'outage', fields);
      isOutageTold = isOn;
    },
    onEnd: (summary) => {
      const { stop, verdict } = summary;
      if (stop !== null)
        log.write('warn', 'stopped', {
          batch: id,
          stop: stop.code,
          signal: stop.signal,
          message: log.hasContents ? stop.message : undefined,
        });
      const level = verdict.exit_code === 0 ? 'info' : 'warn';
      log.write(level, 'finished', { batch: id, ...endFields(summary) });
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

const placeOf = (batch: string, { id, trial, turn, revision, thread_id }: JobRecord): LogFields => ({
  batch,
  example: id,
  trial,
  turn,
  revision,
  thread_id,
});

const attemptFields = (
  { attempt, run_id, status, started_at, latency_ms, failure }: Attempt,
  log: Log,
): LogFields => ({
  attempt,
  run_id,
  status,
  started_at,
  latency_ms,
  ...(failure !== null && failureFields(failure, log)),
});

/** A failure's message may quote what an agent or a server said: contents. */
const failureFields = ({ kind, code, may_have_run, uncertain, message }: Failure, log: Log): LogFields => ({
  kind,
  code,
  may_have_run,
  uncertain,
  message: log.hasContents ? message : undefined,
});

function recordFields(record: JobRecord, log: Log): LogFields {
  const { outcome, run_id, attempts, failure, scores, usage } = record;
  const { input, expected, response, tool_calls, interrupts, metadata } = record;
  return {
    outcome,
    run_id,
    attempts: attempts.length,
    latency_ms: record.latency_ms,
    ttft_ms: record.ttft_ms,
    wait_ms: record.wait_ms,
    usage,
    ...(failure !== null && failureFields(failure, log)),
    scores: Object.fromEntries(Object.entries(scores).map(([name, { value }]) => [name, value])),
    ...(log.hasContents && { input, expected, response, tool_calls, interrupts, metadata }),
  };
}

function endFields({
  batch,
  verdict,
  counts,
  asked,
  elapsed_ms,
  usage,
  cost,
  ...judged
}: Summary): LogFields {
  return {
    directory: batch.directory,
    state: batch.state,
    verdict: verdict.verdict,
    exit_code: verdict.exit_code,
    counts,
    asked,
    elapsed_ms: Math.round(elapsed_ms),
    latency_ms: judged.latency_ms,
    usage,
    cost,
    scores: Object.fromEntries(judged.scores.map(({ name, mean }) => [name, mean])),
    gates_failed: judged.gates.filter(({ holds }) => !holds).map(({ gate }) => gate),
    failures: judged.failures.map(({ kind, code, count }) => ({ kind, code, count })),
  };
}
