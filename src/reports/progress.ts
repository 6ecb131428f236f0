import type { Runtime } from '../runtime.ts';
import { formatCount, formatDuration, formatRate, formatTimeLeft } from './figures.ts';
import { createPace } from './pace.ts';
import { type Palette, palette, visible } from './terminal.ts';

export interface ProgressOptions {
  /** For people: stderr. */
  readonly stream: { write(text: string): unknown };
  /** Asked before each drawing, as windows change. */
  readonly columns: () => number | undefined;
  /** A bar drawn in place; else a plain line every 10 s. */
  readonly isTTY: boolean;
  readonly runtime: Pick<Runtime, 'now' | 'every'>;
  /** Turns in all, those of earlier starts included. */
  readonly total: number;
  /** Turns that ended in earlier starts. */
  readonly doneBefore: number;
  readonly colour: boolean;
  /** Show nothing at all. */
  readonly quiet: boolean;
  /** Asked before each drawing, and never else: what is told a thousand times a second costs nothing. */
  readonly look: () => ProgressSnapshot;
}

export interface ProgressSnapshot {
  /** Turns that have ended, those of earlier starts included. */
  readonly done: number;
  readonly failed: number;
  readonly inFlight: number;
  /** Of late, e.g. the middle of the last few answers. */
  readonly latencyMs: number | null;
}

/** A live display. Shows nothing more once closed. */
export interface Progress {
  /** Shows text that stays; the bar comes back below it with the next drawing. */
  line(text: string): void;
  /** Takes the bar away and leaves the cursor at the start of an empty line. */
  close(): void;
}

const redrawMs = 100;
/** Where nothing can be drawn in place. */
export const plainLineMs = 10_000;
/** Takes away what is drawn in the cursor's line. */
export const clearLine = '\r\x1b[K';

export function createProgress(options: ProgressOptions): Progress {
  const { stream, columns, isTTY, runtime, total, quiet, look } = options;
  const paint = palette(options.colour);
  const pace = createPace(runtime.now(), options.doneBefore);
  let drawn = '';
  let isClosed = quiet;

  const figures = () => {
    const snapshot = look();
    const now = runtime.now();
    pace.mark(now, snapshot.done);
    return figuresOf(snapshot, total, pace.perSecond(now));
  };
  const draw = () => {
    // A line that fills the last column makes some terminals go on to the next.
    const bar = barLine(figures(), (columns() || 80) - 1, paint);
    if (bar !== drawn) stream.write(clearLine + bar);
    drawn = bar;
  };
  const clear = () => {
    if (drawn !== '') stream.write(clearLine);
    drawn = '';
  };
  const tick = isTTY ? draw : () => stream.write(`${plainLine(figures())}\n`);
  const stopTicking = quiet ? () => {} : runtime.every(isTTY ? redrawMs : plainLineMs, tick);

  return {
    line(text) {
      if (isClosed) return;
      clear();
      stream.write(`${visible(text)}\n`);
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      stopTicking();
      clear();
    },
  };
}

interface Figures {
  readonly done: string;
  readonly failed: string | null;
  readonly inFlight: string;
  readonly rate: string | null;
  readonly left: string | null;
  readonly latency: string | null;
  /** 0..1 */
  readonly share: number;
}

function figuresOf(
  { done, failed, inFlight, latencyMs }: ProgressSnapshot,
  total: number,
  perSecond: number | null,
): Figures {
  const isUnderWay = perSecond !== null && done < total;
  return {
    done: `${formatCount(done)}/${formatCount(total)}`,
    failed: failed > 0 ? `${formatCount(failed)} failed` : null,
    inFlight: `${formatCount(inFlight)} in flight`,
    rate: perSecond === null ? null : formatRate(perSecond),
    left: isUnderWay ? `${formatTimeLeft(((total - done) / perSecond) * 1_000)} left` : null,
    latency: latencyMs === null ? null : formatDuration(latencyMs),
    share: total === 0 ? 1 : Math.min(1, done / total),
  };
}

function plainLine({ done, failed, inFlight, rate, left, latency }: Figures): string {
  const told = [`${done} done`, failed, inFlight, rate, left, latency && `latency ${latency}`];
  return told.filter((piece) => piece !== null).join(', ');
}

/** From the most wanted to what is left out first where a terminal is narrow. */
const byWorth = ['failed', 'left', 'inFlight', 'rate', 'latency'] as const;
const inOrder = ['failed', 'inFlight', 'rate', 'left', 'latency'] as const;
const gap = '  ';
const shortestBar = 6;
const longestBar = 30;

function barLine(figures: Figures, room: number, paint: Palette): string {
  if (figures.done.length > room) return `${Math.floor(figures.share * 100)}%`.slice(0, room);

  const shown = new Set<keyof Figures>();
  let taken = figures.done.length;
  for (const name of byWorth) {
    const columns = gap.length + (figures[name]?.length ?? room);
    if (taken + columns > room) continue;
    shown.add(name);
    taken += columns;
  }

  const pieces = inOrder.map((name) => {
    const piece = shown.has(name) ? gap + figures[name] : '';
    return name === 'failed' ? paint.red(piece) : piece;
  });
  const cells = Math.min(longestBar, room - taken - gap.length);
  const start = cells < shortestBar ? '' : bar(figures.share, cells, paint) + gap;
  return start + figures.done + pieces.join('');
}

function bar(share: number, cells: number, { green, dim }: Palette): string {
  const full = Math.floor(share * cells);
  return green('█'.repeat(full)) + dim('░'.repeat(cells - full));
}
