/** What a person, or a script, is told while a batch runs. */

import type { Config } from '../options.ts';
import type { OutageState } from '../outage.ts';
import { formatDuration } from '../reports/figures.ts';
import { createProgress } from '../reports/progress.ts';
import { projection } from '../reports/projection.ts';
import type { SummaryBuilder } from '../reports/summary.ts';
import { visible } from '../reports/terminal.ts';
import type { JobRecord } from '../types.ts';
import { hasColour, type Io } from './io.ts';

export interface Live {
  onInFlight(count: number): void;
  onRecord(record: JobRecord): void;
  onOutage(state: OutageState): void;
  /** A line that stays above the bar. */
  say(line: string): void;
  /** Did a record replace an earlier one? */
  readonly isRevised: boolean;
  close(): void;
}

/** How many of the last answers the current latency is the middle of. */
const latest = 20;
const projectAfter = 20;

export function createLive(io: Io, config: Config, summary: SummaryBuilder, planned: number): Live {
  const { stderr, runtime } = io;
  // A log is told of the same by itself, and draws no bar.
  const isForPeople = io.log === undefined;
  const hasProgress = isForPeople && config.progress !== 'none';
  const before = summary.counts(planned);
  const doneBefore = planned - before.not_yet;
  const startedAt = runtime.now();
  const latencies: number[] = [];
  let inFlight = 0;
  let isProjected = false;
  let isOutageTold = false;
  let isRevised = false;
  const progress = createProgress({
    stream: stderr,
    columns: () => stderr.columns,
    isTTY: stderr.isTTY === true,
    runtime,
    total: planned,
    doneBefore,
    colour: hasColour(stderr, io.env),
    quiet: config.quiet || !hasProgress,
    look: () => {
      const { not_yet, error } = summary.counts(planned);
      // A record may come in place of another, which is counted too.
      const done = planned - Math.max(0, not_yet);
      return { done, failed: error, inFlight, latencyMs: middle(latencies) };
    },
  });
  // Without a bar there is nothing to stand above.
  const say = (text: string) => {
    if (!hasProgress && !config.quiet) stderr.write(`${visible(text)}\n`);
    else progress.line(text);
  };
  const project = () => {
    if (isProjected) return;
    const { asked, usage } = summary.sinceStart();
    if (asked < projectAfter) return;
    isProjected = true;
    const text = projection({
      done: asked,
      total: before.not_yet,
      elapsedMs: runtime.now() - startedAt,
      usage,
      price: config.price,
    });
    if (text !== null) say(text);
  };

  return {
    onInFlight: (count) => {
      inFlight = count;
    },
    onRecord: (record) => {
      summary.add(record);
      isRevised ||= record.revision > 1;
      if (record.latency_ms !== null) {
        latencies.push(record.latency_ms);
        if (latencies.length > latest) latencies.shift();
      }
      if (config.verbose && isForPeople && record.failure !== null) say(toldFailure(record));
      project();
    },
    onOutage: ({ isOn, lastedMs, why, nextLookMs }) => {
      if (!isForPeople) return;
      const what = `${why.code}: ${why.message}`;
      if (!isOn) say(`The server answers again, after ${formatDuration(lastedMs)}.`);
      else if (!isOutageTold)
        say(
          `The server refuses everything (${what}). Waiting for it, up to ${formatDuration(config.giveUpMs)} (--give-up).`,
        );
      else if (config.verbose) say(`Still ${what}; looking again in ${formatDuration(nextLookMs)}.`);
      isOutageTold = isOn;
    },
    say,
    get isRevised() {
      return isRevised;
    },
    close: () => progress.close(),
  };
}

function middle(values: readonly number[]): number | null {
  return values.length === 0
    ? null
    : ([...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? null);
}

const toldFailure = ({ id, turn, outcome, failure, attempts }: JobRecord): string =>
  `${id}${turn === null ? '' : ` turn ${turn}`}: ${outcome} after ${attempts.length} attempt${attempts.length === 1 ? '' : 's'}, ${failure?.code}: ${failure?.message}`;
