/** The batches of one place, a line each. */

import type { RenderContext } from '../contracts.ts';
import type { HistoryRow } from '../history-types.ts';
import { formatCount, formatDuration, formatShare } from './figures.ts';
import { shownJson } from './json.ts';
import { indented } from './page.ts';
import { type Palette, palette, visibleLine } from './terminal.ts';
import { clip, columnsOf, wrap } from './width.ts';

/** Lines: months of nights are for a program to read. */
const mostRows = 30;
/** Of what others named. */
const widestName = 16;

interface Column {
  readonly title: string;
  readonly cell: (row: HistoryRow) => string;
  readonly isFigure: boolean;
  /** Those with the highest are left out first where the line is too short; those with 0 never. */
  readonly rank: number;
}

/** @param rows The newest first. */
export function renderHistory(
  rows: readonly HistoryRow[],
  { width, colour }: Pick<RenderContext, 'width' | 'colour'>,
): string {
  if (rows.length === 0) return 'There is no batch yet.\n';
  const paint = palette(colour);
  const shown = rows.slice(0, mostRows);
  const table = new Table(fitting(columnsIn(shown), shown, width), shown);
  const lines = [
    paint.bold(table.line(null)),
    ...shown.map((row) => painted(table.line(row), row, paint)),
    ...(rows.length > mostRows ? [`and ${formatCount(rows.length - mostRows)} older`] : []),
    ...sentencesOf(shown, width),
  ];
  return `${lines.join('\n')}\n`;
}

/** All of them, for programs. */
export const renderHistoryJson = (rows: readonly HistoryRow[]): string => `${shownJson(rows, 2)}\n`;

const none = '–';

function columnsIn(rows: readonly HistoryRow[]): Column[] {
  const scorers = [...new Set(rows.flatMap(({ scores }) => scores.map(({ name }) => name)))];
  const figure = (title: string, rank: number, cell: Column['cell']): Column => ({
    title,
    cell,
    isFigure: true,
    rank,
  });
  const text = (title: string, rank: number, cell: Column['cell']): Column => ({
    title,
    cell,
    isFigure: false,
    rank,
  });
  return [
    text('began', 0, ({ started_at }) => started_at.slice(0, 16).replace('T', ' ')),
    text('verdict', 0, ({ verdict, state, fault }) => (fault === null ? (verdict ?? state) : 'damaged')),
    text('drift', 2, driftCell),
    ...scorers.map((name, at) =>
      figure(named(name), at === 0 ? 1 : 5 + at, ({ scores }) => {
        const mean = scores.find((score) => score.name === name)?.mean ?? null;
        return mean === null ? none : mean.toFixed(3);
      }),
    ),
    figure('errors', 3, ({ error_rate }) => (error_rate === null ? none : formatShare(error_rate, 1))),
    figure('turns', 4 + scorers.length, ({ counts }) =>
      counts === null ? none : formatCount(counts.planned - counts.not_yet),
    ),
    figure('p50', 5 + scorers.length, ({ latency_p50_ms }) =>
      latency_p50_ms === null ? none : formatDuration(latency_p50_ms),
    ),
    figure('tokens', 6 + scorers.length, ({ total_tokens }) =>
      total_tokens === null ? none : formatCount(total_tokens),
    ),
    text('agent', 4, ({ agent_version }) => (agent_version === null ? none : named(agent_version))),
  ];
}

const driftCell = ({ drift }: HistoryRow): string =>
  drift === null ? none : `${drift.state}${drift.changed ? ', new' : ''}`;

const named = (text: string) => clip(visibleLine(text), widestName);

const gap = 2;

class Table {
  private readonly columns: readonly Column[];
  private readonly widths: readonly number[];

  constructor(columns: readonly Column[], rows: readonly HistoryRow[]) {
    this.columns = columns;
    this.widths = columns.map(({ title, cell }) =>
      rows.reduce((widest, row) => Math.max(widest, columnsOf(cell(row))), columnsOf(title)),
    );
  }

  get width(): number {
    return this.widths.reduce((sum, width) => sum + width + gap, -gap);
  }

  /** @param row Null: the titles. */
  line(row: HistoryRow | null): string {
    const cells = this.columns.map(({ title, cell, isFigure }, at) => {
      const text = row === null ? title : cell(row);
      const room = ' '.repeat((this.widths[at] ?? 0) - columnsOf(text));
      return isFigure ? `${room}${text}` : `${text}${room}`;
    });
    return cells.join(' '.repeat(gap)).trimEnd();
  }
}

function fitting(columns: readonly Column[], rows: readonly HistoryRow[], width: number): readonly Column[] {
  const last = columns.reduce((highest, { rank }) => Math.max(highest, rank), 0);
  if (last === 0 || new Table(columns, rows).width <= width) return columns;
  return fitting(
    columns.filter(({ rank }) => rank < last),
    rows,
    width,
  );
}

function painted(line: string, { verdict, exit_code, drift }: HistoryRow, paint: Palette): string {
  if (verdict === 'REGRESSED' || exit_code === 1) return paint.red(line);
  return drift?.changed === true ? paint.green(line) : line;
}

/** What changed the state, and what cannot be read: the newest first. */
function sentencesOf(rows: readonly HistoryRow[], width: number): string[] {
  const told = rows.flatMap(({ started_at, drift, fault }) => {
    const sentence = fault ?? (drift?.changed === true ? drift.sentence : null);
    return sentence === null
      ? []
      : [`${started_at.slice(0, 16).replace('T', ' ')}: ${visibleLine(sentence)}`];
  });
  return told.flatMap((sentence) => ['', ...indented(wrap(sentence, width - 2), 2)]);
}
