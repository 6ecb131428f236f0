/** Summaries with every part filled, their texts handed in: tame ones, or such as strangers write. */

import fc from 'fast-check';
import type { Comparison, Flip } from '../../src/comparison-types.ts';
import type { DriftFacts } from '../../src/drift-types.ts';
import { createSummary } from '../../src/reports/summary.ts';
import type { GateResult, ScoreFigures, Summary } from '../../src/summary-types.ts';
import type { JobRecord } from '../../src/types.ts';
import { madeBatch, madeRecord, madeTrouble } from './made-records.ts';

/** Gives the next text, each time it is called. */
export type NextText = () => string;

export const tame: NextText = () => 'tame';

export const nasties = [
  '`',
  '``` `` `',
  '|',
  '\\|',
  '\\\\|',
  '\\',
  '<script>alert(1)</script>',
  '</details>',
  '<!-- ',
  ']]>',
  '<![CDATA[',
  '&amp;',
  '&#64;all',
  '@everyone',
  'mail@example.org',
  '[link](javascript:alert(1))',
  '![image](//evil.example/x.png)',
  '[ref]: http://evil',
  'https://evil.example',
  'www.evil.example',
  '# heading',
  '- item',
  '1. item',
  '> quote',
  '---',
  '===',
  '    code',
  '~~~',
  '***bold***',
  '_x_',
  '$x$',
  '#1',
  '!2',
  '\n\n# heading\n\n',
  '\r\n',
  '\r',
  '\t',
  '\u0000',
  '\u001b[31m',
  '\u0008',
  '\u000b',
  '\u009b',
  '\u202e',
  '\u2066',
  '\u200b',
  '\ufeff',
  '\ufffe',
  '\uffff',
  '\ud800',
  '\udc00',
  '\u{e0041}',
  '\u{1f4a9}',
  '\u{1fffe}',
  '"',
  "'",
  ' ',
  '=1+1',
  'e\u0301',
  '|---|',
];

/** Not blank: such a text is told in another way, or not seen. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...nasties), fc.string({ unit: 'binary', maxLength: 8 })), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => parts.join(''))
  .filter((text) => /\S/.test(text));

/** Of these, one after the other, again and again. */
export function inTurn(texts: readonly string[]): NextText {
  let at = 0;
  return () => texts[at++ % texts.length] ?? '';
}

/** A turn of each sort. */
export const madeTurns = (text: NextText): JobRecord[] => [
  madeRecord({ id: `good ${text()}`, scores: { exact: { value: 1, reason: null } } }),
  madeRecord({
    id: `bad ${text()}`,
    index: 1,
    input: text(),
    response: text(),
    expected: { answer: text() },
    scores: {
      [`exact ${text()}`]: { value: 0, reason: text() },
      tools: { value: 0.5, reason: text() },
      steps: { value: null, reason: text() },
    },
  }),
  madeRecord({ id: `unscored ${text()}`, index: 2, scores: { exact: { value: null, reason: text() } } }),
  madeRecord({
    ...madeTrouble('error', `error ${text()}`, { code: `C ${text()}`, message: text() }),
    index: 3,
    latency_ms: null,
  }),
  madeRecord({ ...madeTrouble('interrupted', `asks ${text()}`, { message: text() }), index: 4 }),
  madeRecord({
    ...madeTrouble('skipped', `line ${text()}`, { message: text() }),
    index: 5,
    latency_ms: null,
  }),
];

export function madeSummary(records: readonly JobRecord[], text: NextText): Summary {
  const builder = createSummary();
  for (const record of records) builder.add(record);
  const agent = { url: 'http://127.0.0.1:2024', id: text(), name: text(), version: text() };
  const summary = builder.summarise({
    batch: madeBatch({ id: text(), dataset: `datasets/${text()}.csv`, agent, state: 'stopped' }),
    planned: records.length + 1,
    stop: { code: 'brake', message: text() },
    elapsedMs: 61_000,
    scores: [madeFigures(text)],
    comparison: madeComparison(text),
    drift: madeDrift(text),
    notes: [text()],
  });
  const gates = [madeGate(true, text), madeGate(false, text)];
  return { ...summary, gates, verdict: { ...summary.verdict, sentence: text() } };
}

export const madeGate = (holds: boolean, text: NextText): GateResult => ({
  gate: `${holds} ${text()}`,
  holds,
  value: 0.8,
  sentence: text(),
});

export const madeFigures = (text: NextText): ScoreFigures => ({
  name: text(),
  scored: 90,
  not_scored: 5,
  failed: 4,
  interrupted: 1,
  examples: 30,
  mean: 0.812_34,
  min: 0,
  interval: { low: 0.7, high: 0.9 },
  caution: text(),
  mean_errors_as_fail: 0.77,
  interval_errors_as_fail: null,
  repeats: [
    {
      k: 3,
      pass_at_k: { mean: 0.95, interval: { low: 0.8, high: 0.99 } },
      pass_hat_k: { mean: 0.6, interval: null },
      left_out: 2,
    },
  ],
  steadiness: { steady: 18, flaky: 10, broken: 2, flaky_ids: [text()], broken_ids: [text(), text()] },
});

export const madeFlip = (fields: Partial<Flip>, text: NextText): Flip => ({
  id: text(),
  scorer: text(),
  baseline: 1,
  candidate: 0,
  input: text(),
  expected: text(),
  baseline_response: text(),
  candidate_response: text(),
  reason: text(),
  after_retry: false,
  ...fields,
});

export const madeDrift = (text: NextText, fields: Partial<DriftFacts> = {}): DriftFacts => ({
  state: 'regressed',
  changed: true,
  sentence: text(),
  since: '2026-11-28T03:00:00.412Z',
  baseline: [text(), text()],
  watched: [
    { scorer: text(), state: 'regressed', statistic: 2.64, threshold: 2.64, evidence: 4.9 },
    { scorer: null, state: 'steady', statistic: 0, threshold: 2.64, evidence: null },
  ],
  ...fields,
});

export const madeComparison = (text: NextText, fields: Partial<Comparison> = {}): Comparison => ({
  verdict: 'REGRESSED',
  sentence: text(),
  max_drop: 0.02,
  baseline: { id: text(), path: text(), agent_version: text(), started_at: null, examples: 31 },
  candidate: { id: text(), path: text(), agent_version: null, started_at: null, examples: 33 },
  pairs: 30,
  only_in_baseline: 1,
  only_in_candidate: 2,
  inputs_differ: 1,
  errors: { baseline: 0, candidate: 4 },
  turns: {
    baseline: { scored: 90, failed: 0, interrupted: 0, not_scored: 0, skipped: 0 },
    candidate: { scored: 86, failed: 4, interrupted: 0, not_scored: 0, skipped: 0 },
  },
  notes: [],
  scorers: [
    {
      name: text(),
      verdict: 'REGRESSED',
      sentence: text(),
      examples: 30,
      baseline: 0.9,
      candidate: 0.8,
      difference: -0.1,
      interval: { low: -0.2, high: -0.01 },
      p: 0.01,
      caution: null,
      lost: 4,
      gained: 1,
    },
  ],
  ratios: [{ name: 'latency_ms', examples: 30, ratio: 1.1, interval: { low: 0.95, high: 1.25 } }],
  tools: [{ name: text(), baseline: 1, candidate: 0.25 }],
  flips: [
    madeFlip({}, text),
    madeFlip({ after_retry: true }, text),
    madeFlip({ baseline: 0.5, candidate: 1, expected: null, reason: null }, text),
  ],
  groups: [{ value: text(), scorer: text(), examples: 12, baseline: 0.9, candidate: 0.7 }],
  ...fields,
});
