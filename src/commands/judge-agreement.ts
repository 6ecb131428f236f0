/** Whether a judge says what people said of the same answers: `--judge-labels`. */

import { DatasetError } from '../errors.ts';
import { agreementOf } from '../stats/agreement.ts';
import type { AgreementFigures, JobRecord, Json, JsonObject } from '../types.ts';

const passes = new Set(['1', 'true', 'yes', 'y', 'pass', 'passed', 'good', 'correct', 'right', 'ok']);
const fails = new Set(['0', 'false', 'no', 'n', 'fail', 'failed', 'bad', 'incorrect', 'wrong']);
/** From here on a score is a pass. */
const passMark = 0.5;

type Word = 'pass' | 'fail';
const wordOf = (score: number): Word => (score >= passMark ? 'pass' : 'fail');

/** What a person said; null: nothing, undefined: something that is neither pass nor fail. */
export function readLabel(label: Json | undefined): Word | null | undefined {
  if (label === undefined || label === null) return null;
  const text = String(label).trim().toLowerCase();
  if (text === '') return null;
  if (passes.has(text)) return 'pass';
  if (fails.has(text)) return 'fail';
  return /^(0?\.\d+|[01](\.0*)?)$/.test(text) ? wordOf(Number(text)) : undefined;
}

const isColumn = (name: string, column: string): boolean =>
  name.trim().toLowerCase() === column.trim().toLowerCase();

const labelIn = (metadata: JsonObject, column: string): Json | undefined =>
  metadata[column] ?? Object.entries(metadata).find(([name]) => isColumn(name, column))?.[1];

/** @throws DatasetError where there is no such column. */
export function assertLabels(datasetName: string, columns: readonly string[], column: string | null): void {
  if (column === null || columns.some((name) => isColumn(name, column))) return;
  throw new DatasetError(
    datasetName,
    `--judge-labels: expected a column ${JSON.stringify(column)}, saw ${columns.map((name) => JSON.stringify(name)).join(', ')}`,
  );
}

/** Adds up, for each scorer by a judge, where it and a person spoke of one answer. */
export class JudgeAgreement {
  private readonly column: string;
  /** By scorer, then by what was said. */
  private readonly pairs = new Map<string, [Word, Word][]>();
  private odd = 0;
  private oddLabel = '';

  constructor(column: string) {
    this.column = column;
  }

  add({ metadata, scores }: JobRecord): void {
    const judged = Object.entries(scores).filter(([, { judge }]) => judge !== undefined);
    if (judged.length === 0) return;
    const label = readLabel(labelIn(metadata, this.column));
    if (label === undefined) {
      this.odd += 1;
      this.oddLabel ||= String(labelIn(metadata, this.column));
    }
    if (label === null || label === undefined) return;
    for (const [name, { value }] of judged) {
      const pairs = this.pairs.get(name) ?? [];
      if (value !== null) pairs.push([wordOf(value), label]);
      this.pairs.set(name, pairs);
    }
  }

  /** By scorer; none where no answer has both. */
  figures(): ReadonlyMap<string, AgreementFigures> {
    return new Map(
      [...this.pairs].flatMap(([name, pairs]) => {
        const agreement = agreementOf(pairs);
        return agreement === null ? [] : [[name, agreement] as const];
      }),
    );
  }

  /** For a person, a sentence each. */
  notes(): string[] {
    const all = [...this.figures()].map(([name, figures]) => sentenceOf(name, this.column, figures));
    if (all.length === 0)
      all.push(
        `Nobody can tell whether the judge agrees with ${this.column}: no answer has both a score and a label`,
      );
    if (this.odd > 0) {
      const many = this.odd === 1 ? '1 label is' : `${this.odd.toLocaleString('en')} labels are`;
      all.push(`${many} neither pass nor fail and left out, such as ${JSON.stringify(this.oddLabel)}`);
    }
    return all;
  }
}

function sentenceOf(name: string, column: string, { kappa, interval, share, n }: AgreementFigures): string {
  const percent = `${Math.round(share * 1_000) / 10} %`;
  const said = `The judge of ${name} and ${column} agree on ${percent} of ${n.toLocaleString('en')} answers`;
  if (kappa === null) return `${said}; both always say the same, so Cohen's κ tells nothing`;
  const range = interval === null ? '' : `, 95 %: ${two(interval.low)} to ${two(interval.high)}`;
  return `${said}, Cohen's κ ${two(kappa)}${range}`;
}

const two = (number: number): string => number.toFixed(2).replace('-', '−');

/** Of all records that count. */
export async function judgeAgreement(
  records: AsyncIterable<JobRecord>,
  column: string,
): Promise<JudgeAgreement> {
  const agreement = new JudgeAgreement(column);
  for await (const record of records) agreement.add(record);
  return agreement;
}
