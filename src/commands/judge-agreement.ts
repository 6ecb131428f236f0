/** Whether a judge says what people said of the same answers: `--judge-labels`. */

import { DatasetError } from '../errors.ts';
import { agreementOf } from '../stats/agreement.ts';
import type { AgreementFigures } from '../summary-types.ts';
import type { JobRecord, Json, JsonObject } from '../types.ts';

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

/** Adds up, for one scorer, where the judge and a person spoke of one answer. */
export class JudgeAgreement {
  private readonly name: string;
  private readonly column: string;
  private readonly pairs: (readonly [Word, Word])[] = [];
  private isJudge = false;
  /** Answers of one example are more alike than those of several. */
  private hasRepeats = false;
  private unread = 0;

  /** @param name The scorer's. */
  constructor(name: string, column: string) {
    this.name = name;
    this.column = column;
  }

  /** @param records Of one example. */
  add(records: readonly JobRecord[]): void {
    const before = this.pairs.length;
    for (const { metadata, scores } of records) {
      const score = scores[this.name];
      if (score?.judge === undefined) continue;
      this.isJudge = true;
      const label = readLabel(labelIn(metadata, this.column));
      if (label === undefined) this.unread += 1;
      else if (label !== null && score.value !== null) this.pairs.push([wordOf(score.value), label]);
    }
    this.hasRepeats ||= this.pairs.length > before + 1;
  }

  /** Undefined: it is no judge's. */
  figures(): AgreementFigures | undefined {
    if (!this.isJudge) return undefined;
    const { unread } = this;
    const agreement = agreementOf(this.pairs);
    if (agreement === null) return { kappa: null, interval: null, share: null, n: 0, unread };
    const { kappa, share, n } = agreement;
    return { kappa, interval: this.hasRepeats ? null : agreement.interval, share, n, unread };
  }
}
