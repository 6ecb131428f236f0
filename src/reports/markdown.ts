/** What a pull request shows of a batch, the most telling first. */

import type { RenderContext } from '../contracts.ts';
import { formatCost } from '../price.ts';
import type { Distribution, FailureGroup, Summary, VerdictName } from '../summary-types.ts';
import type { JobRecord } from '../types.ts';
import { adviceFor } from './advice.ts';
import { endings } from './causes.ts';
import { formatCount, formatDuration, formatShare, formatTurns } from './figures.ts';
import { type LowTurns, lowestOf, noLowTurns } from './low-scores.ts';
import { comparisonLines } from './markdown-comparison.ts';
import { driftLines } from './markdown-drift.ts';
import { lowScoreLines, mostLowTurns } from './markdown-low-scores.ts';
import { gateLines, scoreLines } from './markdown-scores.ts';
import { code, firstThatFit, prose, table } from './markdown-text.ts';

/** UTF-16 units kept of what others wrote. */
const longest = { sentence: 2_000, name: 200, id: 100, code: 64, command: 2_000 } as const;
const mostCauses = 20;

const marks = { OK: '✅', REGRESSED: '❌', INCONCLUSIVE: '⚠️', FAILED: '❌' } as const satisfies {
  [verdict in VerdictName]: string;
};

/** Without a comparison, whose flips tell more, the turns that scored lowest are shown. */
export async function* renderMarkdown(
  summary: Summary,
  records: () => AsyncIterable<JobRecord>,
  context: RenderContext,
): AsyncGenerator<string> {
  const isAnyLow = summary.comparison === null && summary.scores.some(({ min }) => min !== null && min < 1);
  const low = isAnyLow ? await lowestOf(records(), mostLowTurns) : noLowTurns;
  yield markdownOf(summary, low, context);
}

/**
 * GitHub takes no more than 1 MiB for a job's summary: each part has its share of bytes, a million in all, and says how
 * much of it is left out.
 */
export function markdownOf(summary: Summary, low: LowTurns, { files, next }: RenderContext): string {
  const sections = [
    verdictLines(summary),
    gateLines(summary.gates),
    scoreLines(summary.scores),
    driftLines(summary.drift),
    comparisonLines(summary.comparison),
    lowScoreLines(low),
    failureLines(summary.failures),
    figureLines(summary),
    listSection(
      'To know',
      summary.notes.map((note) => `- Note: ${prose(note, longest.sentence)}`),
    ),
    listSection(
      'Next',
      next.map(({ command, does }) => copyable(command, does)),
    ),
    listSection(
      'Files',
      files.map(({ path, holds }) => copyable(path, holds)),
    ),
  ];
  const shown = sections.filter((lines) => lines.length > 0);
  return `${shown.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function verdictLines({ verdict, stop, batch, counts }: Summary): string[] {
  const { planned, success, error, uncertain, interrupted, skipped, not_yet } = counts;
  const parts = { success, error, interrupted, skipped, 'not yet': not_yet, planned };
  const figures = Object.values(parts).map((count) =>
    count === 0 || count === planned
      ? formatCount(count)
      : `${formatCount(count)} (${formatShare(count, planned)})`,
  );
  const { head, rows } = table(['turns', ...Object.keys(parts)], 'lrrrrrr', [['', ...figures]]);
  const version = batch.agent.version === null ? '' : `, version ${code(batch.agent.version, longest.name)}`;
  const agent = code(batch.agent.name ?? batch.agent.id, longest.name);
  return [
    `## ${marks[verdict.verdict]} ${verdict.verdict}: ${prose(verdict.sentence, longest.sentence)}`,
    '',
    ...(stop === null ? [] : [`Why it stopped: ${prose(stop.message, longest.sentence)}`, '']),
    head,
    ...rows,
    '',
    ...(uncertain > 0
      ? [
          `Of ${formatCount(uncertain)} of the errors it is unknown how they ended: look at them before anybody repeats them.`,
          '',
        ]
      : []),
    `Batch ${code(batch.id, longest.name)} of ${code(batch.dataset, longest.name)}, agent ${agent}${version}`,
  ];
}

function failureLines(failures: readonly FailureGroup[]): string[] {
  if (failures.length === 0) return [];
  const items = failures.map(causeItem);
  const shown = firstThatFit(items, { mostBytes: 120_000, most: mostCauses }, (left) => {
    const turns = failures.slice(-left).reduce((sum, { count }) => sum + count, 0);
    return `- and ${formatTurns(turns)} of ${formatCount(left)} more causes, left out: summary.json has them`;
  });
  return ['### What went wrong', '', ...shown];
}

function causeItem(group: FailureGroup): string {
  const { outcome, kind, count, message, ids } = group;
  const { meaning, cure } = adviceFor(group);
  const more = count > ids.length ? ` and ${formatCount(count - ids.length)} more` : '';
  return [
    `- **${formatCount(count)} ${endings[outcome]}**: ${code(group.code, longest.code)} (${kind}). ${prose(meaning, longest.sentence)}`,
    `  - What to do: ${prose(cure, longest.sentence)}`,
    `  - Which: ${ids.map((id) => code(id, longest.id)).join(', ')}${more}`,
    `  - Said: ${code(message, 500)}`,
  ].join('\n');
}

function figureLines(summary: Summary): string[] {
  const { latency_ms, ttft_ms, wait_ms, usage, cost, asked, elapsed_ms } = summary;
  const times = { latency: latency_ms, 'first token': ttft_ms, wait: wait_ms };
  const { head, rows } = table(
    ['', 'p50', 'p90', 'p95', 'p99', 'max', 'of'],
    'lrrrrrr',
    Object.entries(times).flatMap(([what, times]) => (times.n === 0 ? [] : [timesRow(what, times)])),
  );
  const tokens =
    usage === null
      ? []
      : [
          `- tokens: ${formatCount(usage.input_tokens)} in, ${formatCount(usage.output_tokens)} out, ${formatCount(usage.total_tokens)} in all`,
        ];
  const money = cost === null ? [] : [`- cost: ${formatCost(cost)}`];
  const since =
    asked === 0 ? [] : [`- ${formatTurns(asked)} asked in ${formatDuration(elapsed_ms)}, since this start`];
  const list = [...tokens, ...money, ...since];
  if (rows.length + list.length === 0) return [];
  return ['### Latency and tokens', '', ...(rows.length === 0 ? [] : [head, ...rows, '']), ...list];
}

const timesRow = (what: string, { n, p50, p90, p95, p99, max }: Distribution) => [
  what,
  ...[p50, p90, p95, p99, max].map((ms) => (ms === null ? '–' : formatDuration(ms))),
  formatCount(n),
];

const copyable = (toCopy: string, about: string) =>
  `- ${code(toCopy, longest.command)} ${prose(about, longest.sentence)}`;

const listSection = (title: string, items: readonly string[]): string[] =>
  items.length === 0
    ? []
    : [
        `### ${title}`,
        '',
        ...firstThatFit(items, { mostBytes: 60_000 }, (left) => `- and ${formatCount(left)} more, left out`),
      ];
