import type { RenderContext } from '../contracts.ts';
import { formatCost } from '../price.ts';
import type { Amount, Counts, Distribution, FailureGroup, Summary, VerdictName } from '../summary-types.ts';
import { adviceFor } from './advice.ts';
import { endings } from './causes.ts';
import { driftSection } from './drift.ts';
import { formatCount, formatDuration, formatShare, formatTurns } from './figures.ts';
import { flipsSections } from './flips.ts';
import { indented, labelled, type Page, section } from './page.ts';
import { promptOf } from './prompt.ts';
import { gatesSection, scoresSection } from './scores-text.ts';
import { shorten } from './shorten.ts';
import { type Palette, palette, visible, visibleLine } from './terminal.ts';
import { clip, columnsOf, fill, wrap } from './width.ts';

const mostCauses = 10;
const mostMessageLines = 3;
/** UTF-16 units: it may quote a server. */
const longestStop = 2_000;

/** What a person reads at the end: verdict, counts, failures by cause, examples, files, the next command. */
export function renderText(summary: Summary, context: RenderContext): string {
  const page: Page = { width: context.width, paint: palette(context.colour) };
  const files = context.files.flatMap(({ path, holds }) => copyable(path, holds, page));
  const next = context.next.flatMap(({ command, does }) => copyable(command, does, page));
  const sections = [
    verdictSection(summary, page),
    countsSection(summary.counts, page),
    gatesSection(summary, page),
    scoresSection(summary, page),
    driftSection(summary, page),
    ...comparisonSections(summary, page),
    figuresSection(summary, page),
    failuresSection(summary, page),
    notesSection(summary, page),
    samplesSection(summary, page),
    section('Files', files, page),
    section('Next', next, page),
  ];
  const shown = sections.filter((lines) => lines.length > 0);
  return `${shown.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

const verdictColours = {
  OK: 'green',
  REGRESSED: 'red',
  INCONCLUSIVE: 'yellow',
  FAILED: 'red',
} as const satisfies {
  [verdict in VerdictName]: keyof Palette;
};

function verdictSection({ verdict, stop }: Summary, { width, paint }: Page): string[] {
  const [first = '', ...others] = wrap(`${verdict.verdict}: ${visibleLine(verdict.sentence)}`, width);
  const name = paint.bold(paint[verdictColours[verdict.verdict]](verdict.verdict));
  const message = stop === null ? [] : visible(shorten(stop.message, longestStop)).split('\n');
  return [
    `${name}${first.slice(verdict.verdict.length)}`,
    ...others,
    ...message.flatMap((paragraph) => wrap(paragraph, width)),
  ];
}

const mostFlips = 3;

function comparisonSections({ comparison }: Summary, page: Page): string[][] {
  const told = { most: mostFlips, more: 'threadmill compare tells them, and summary.json' };
  return comparison === null ? [] : flipsSections(comparison, told, page);
}

function countsSection(counts: Counts, { width, paint }: Page): string[] {
  const { planned, success, error, interrupted, skipped, not_yet, uncertain } = counts;
  const asExpected = counts.interrupted_as_expected;
  const figureWidth = formatCount(planned).length;
  const line = (name: string, count: number, note: string) =>
    `  ${name.padEnd(12)} ${formatCount(count).padStart(figureWidth)}  ${note}`.trimEnd();
  const part = (name: string, count: number) =>
    line(name, count, count === 0 ? '' : formatShare(count, planned).padStart(7));

  const unknown = 'Of the uncertain it is unknown how they ended: look at them before anybody repeats them.';
  return [
    part('success', success),
    part('error', error),
    ...(uncertain > 0 ? [line('  uncertain', uncertain, paint.dim('of these'))] : []),
    part('interrupted', interrupted),
    ...(asExpected > 0 ? [line('  as expected', asExpected, paint.dim('of these'))] : []),
    part('skipped', skipped),
    part('not yet', not_yet),
    line('planned', planned, 'in all'),
    ...(uncertain > 0 ? indented(wrap(unknown, width - 2), 2) : []),
  ];
}

function figuresSection(summary: Summary, page: Page): string[] {
  const { asked, elapsed_ms, latency_ms, ttft_ms, wait_ms, usage, cost } = summary;
  const since = [`${formatTurns(asked)} in`, `${formatDuration(elapsed_ms)},`, 'since this start'];
  const tokens = usage && [
    `${formatCount(usage.input_tokens)} in,`,
    `${formatCount(usage.output_tokens)} out,`,
    `${formatCount(usage.total_tokens)} in all`,
  ];
  return [
    ...(asked > 0 ? labelled('asked', since, page) : []),
    ...labelled('latency', timesOf(latency_ms, 'answers'), page),
    ...labelled('first token', timesOf(ttft_ms, 'answers'), page),
    ...labelled('wait', timesOf(wait_ms, 'turns'), page),
    ...labelled('tokens', tokens ?? [], page),
    ...labelled('cost', cost === null ? [] : [formatCost(cost)], page),
    ...budgetLines(summary, page),
    ...labelled('at once', summary.concurrency === null ? [] : [summary.concurrency.sentence], page),
  ];
}

function budgetLines({ budget }: Summary, page: Page): string[] {
  if (budget === null) return [];
  const { tokens, cost, untold } = budget;
  const guessed = `${formatTurns(untold)} without usage counted as the mean`;
  const pieces = [
    tokens &&
      `${formatCount(tokens.spent)} of ${formatCount(tokens.limit)} tokens spent${meanOf(tokens, formatCount)}`,
    cost && `${formatCost(cost.spent)} of ${cost.limit} spent${meanOf(cost, formatCost)}`,
    untold > 0 ? guessed : null,
  ].filter((piece) => piece !== null);
  return labelled(
    'budget',
    pieces.map((piece, at) => (at < pieces.length - 1 ? `${piece};` : piece)),
    page,
  );
}

const meanOf = ({ mean }: Amount, shown: (amount: number) => string) =>
  mean === null ? '' : `, ${shown(mean)} a turn`;

function timesOf({ n, max, ...percentiles }: Distribution, what: string): string[] {
  if (max === null) return [];
  const { p50, p90, p95, p99 } = percentiles;
  const told = Object.entries({ p50, p90, p95, p99, max }).filter(([, ms]) => ms !== null);
  return [...told.map(([name, ms]) => `${name} ${formatDuration(ms ?? 0)},`), `of ${formatCount(n)} ${what}`];
}

function failuresSection({ failures }: Summary, page: Page): string[] {
  const shown = failures.slice(0, mostCauses).flatMap((group) => ['', ...causeLines(group, page)]);
  const others = failures.slice(mostCauses);
  const turns = others.reduce((sum, { count }) => sum + count, 0);
  const causes = others.length === 1 ? 'one more cause' : `${others.length} more causes`;
  const rest = wrap(`And ${formatTurns(turns)} of ${causes}: summary.json has them all.`, page.width - 2);
  const lines = others.length === 0 ? shown : [...shown, '', ...indented(rest, 2)];
  return section('What went wrong', lines.slice(1), page);
}

function notesSection({ notes }: Summary, page: Page): string[] {
  const lines = notes.flatMap((note) =>
    indented(wrap(visible(shorten(note, longestStop)), page.width - 2), 2),
  );
  return section('To know', lines, page);
}

function causeLines(group: FailureGroup, { width, paint }: Page): string[] {
  const { outcome, kind, code, count, message, ids } = group;
  const { meaning, cure } = adviceFor(group);
  const title = clip(`${formatCount(count)} ${endings[outcome]}: ${visibleLine(code)} (${kind})`, width - 2);
  const [firstOfCure = '', ...restOfCure] = wrap(cure, width - 6);
  const names = ids.map(
    (id, place) => `${clip(visibleLine(id), width - 11)}${place < ids.length - 1 ? ',' : ''}`,
  );
  const more = count > ids.length ? [`and ${formatCount(count - ids.length)} more`] : [];
  return [
    `  ${paint.bold(title)}`,
    ...indented(wrap(meaning, width - 4), 4),
    `    → ${firstOfCure}`,
    ...indented(restOfCure, 6),
    ...entry('ids', fill([...names, ...more], width - 10)),
    ...entry('said', messageLines(message, width - 10).map(paint.dim)),
  ];
}

function entry(name: string, [first, ...others]: readonly string[]): string[] {
  return first === undefined ? [] : [`    ${name.padEnd(5)} ${first}`, ...indented(others, 10)];
}

/** The start of a message, and its URLs wherever they stand: a person is to open them. */
function messageLines(message: string, columns: number): string[] {
  const lines = wrap(visibleLine(message), columns);
  if (lines.length <= mostMessageLines) return lines;
  const urls = lines.slice(mostMessageLines - 1).filter((line) => /^https?:/.test(line));
  return [...lines.slice(0, mostMessageLines - 1), '…', ...urls];
}

function samplesSection({ samples }: Summary, page: Page): string[] {
  const lines = samples.map(({ id, turn, input, response }) => {
    const name = clip(visibleLine(id), Math.floor(page.width / 4)) + (turn === null ? '' : ` turn ${turn}`);
    const answer = visibleLine(response ?? '') || '(no text)';
    const room = page.width - columnsOf(`  ${name}   → `);
    const answerRoom = Math.min(columnsOf(answer), Math.ceil(room / 2));
    const prompt = clip(visibleLine(promptOf(input)), room - answerRoom);
    return `  ${page.paint.bold(name)}  ${prompt} → ${clip(answer, room - columnsOf(prompt))}`;
  });
  return section('Examples', lines, page);
}

/** Something to copy, and what it is about beside it, or under it where both do not fit on one line. */
function copyable(toCopy: string, about: string, { width, paint }: Page): string[] {
  const shown = `  ${visibleLine(toCopy)}`;
  const note = `  ${about}`;
  if (columnsOf(shown) + columnsOf(note) <= width) return [`${shown}${paint.dim(note)}`];
  return [shown, ...wrap(about, width - 6).map((line) => `      ${paint.dim(line)}`)];
}
