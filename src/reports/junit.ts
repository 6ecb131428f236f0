/**
 * The batch as JUnit XML, as GitLab, GitHub's actions and Jenkins read it (its schema: junit-10.xsd of the xunit plugin):
 * a test suite of the turns, and one of gates, comparison and verdict.
 */

import type { Summary } from '../summary-types.ts';
import type { JobRecord } from '../types.ts';
import { type CaseStatus, caseOf, gateCases, statusOf, type TestCase } from './junit-case.ts';
import { xmlAttributes, xmlText } from './xml.ts';

interface Totals {
  readonly counts: Record<CaseStatus, number>;
  /** Whole ones, as they are written: the sum is that of the cases. */
  ms: number;
  hasTrials: boolean;
}

/**
 * In two passes, one record in memory at a time: the totals stand at the head.
 * Each test case has at most one of `failure`, `error` and `skipped`, as strict readers want it.
 */
export async function* renderJunit(
  summary: Summary,
  records: () => AsyncIterable<JobRecord>,
): AsyncGenerator<string> {
  const turns = noTotals();
  for await (const record of records()) {
    turns.counts[statusOf(record)] += 1;
    turns.ms += Math.round(record.latency_ms ?? 0);
    turns.hasTrials ||= record.trial > 1;
  }
  const gates = gateCases(summary);
  const gateTotals = noTotals();
  for (const { status } of gates) gateTotals.counts[status] += 1;
  const { batch } = summary;
  // The same for every batch of a dataset: GitLab compares cases by the names of suite, class and case.
  const name = nameOfDataset(batch.dataset);

  yield '<?xml version="1.0" encoding="UTF-8"?>\n';
  yield `<testsuites${xmlAttributes({ name: 'threadmill', ...totalsOf(turns, gateTotals) })}>\n`;
  yield `<testsuite${xmlAttributes({ name, ...suiteTotals(turns), timestamp: batch.started_at, id: batch.id })}>\n`;
  yield propertiesOf(summary);
  for await (const record of records()) yield caseElement(caseOf(record, turns.hasTrials), name);
  yield `</testsuite>\n<testsuite${xmlAttributes({ name: 'gates', ...suiteTotals(gateTotals) })}>\n`;
  for (const each of gates) yield caseElement(each, 'gates');
  yield '</testsuite>\n</testsuites>\n';
}

const noTotals = (): Totals => ({
  counts: { passed: 0, failure: 0, error: 0, skipped: 0 },
  ms: 0,
  hasTrials: false,
});

const secondsOf = (ms: number) => (Math.round(ms) / 1_000).toFixed(3);

function totalsOf(...all: readonly Totals[]) {
  const sum = (status: CaseStatus) => all.reduce((total, { counts }) => total + counts[status], 0);
  const [failures, errors] = [sum('failure'), sum('error')];
  const ms = all.reduce((total, each) => total + each.ms, 0);
  return {
    tests: sum('passed') + sum('skipped') + failures + errors,
    failures,
    errors,
    time: secondsOf(ms),
  };
}

const suiteTotals = (totals: Totals) => ({ ...totalsOf(totals), skipped: totals.counts.skipped });

/** `support` of `datasets/support.csv`; readers take what is before a point for a package. */
function nameOfDataset(path: string): string {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  return name === '-' ? 'stdin' : name.replace(/(\.(csv|tsv|jsonl|ndjson|json))?(\.gz)?$/i, '');
}

function propertiesOf({ batch }: Summary): string {
  const { id, name, url, version } = batch.agent;
  const facts = {
    agent: id,
    agent_name: name,
    agent_url: url,
    agent_version: version,
    dataset: batch.dataset,
  };
  const elements = Object.entries({ ...facts, mode: batch.mode, delivery: batch.delivery })
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `<property${xmlAttributes({ name, value })}/>\n`);
  return `<properties>\n${elements.join('')}</properties>\n`;
}

function caseElement({ name, status, type, message, body, timeMs }: TestCase, classname: string): string {
  const head = `<testcase${xmlAttributes({ classname, name, time: timeMs === null ? null : secondsOf(timeMs) })}`;
  if (status === 'passed') return `${head}/>\n`;
  const text = xmlText(body.join('\n').trimEnd());
  return `${head}><${status}${xmlAttributes({ type, message })}>${text}</${status}></testcase>\n`;
}
