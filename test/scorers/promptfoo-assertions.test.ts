/**
 * 100 assertions on 20 answers each, beside what promptfoo 0.123.1 itself says of them
 * (`node bench/promptfoo-assertions.mjs` asks it anew).
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createScorers } from '../../src/scorers/index.ts';
import { madeRecord } from '../reports/made-records.ts';

interface Told {
  readonly answers: readonly string[];
  /** `passes` has a 1 for each answer that passes, in order. */
  readonly assertions: readonly { readonly assertion: string; readonly passes: string }[];
}

const { answers, assertions } = JSON.parse(
  readFileSync(join(import.meta.dirname, 'promptfoo-assertions.json'), 'utf8'),
) as Told;
const [named] = await createScorers(['assertions'], { price: null, allowCode: true });
const passesHere = async (assertion: string) => {
  const scores = answers.map((response) =>
    named?.scorer.score(madeRecord({ expected: assertion, response })),
  );
  return (await Promise.all(scores)).map((score) => score?.value ?? '-').join('');
};

/** Each meant, with its reason in docs/design/scores.md. */
const differences: Readonly<Record<string, string>> = {
  'regex:(?i)paris':
    'an expression that JavaScript cannot read is told before anything is sent, and not scored',
  'contains-json': 'JSON that breaks off is none: promptfoo adds the braces that are missing',
  'not-contains-json': 'the same',
};

describe("an assertion in promptfoo's form", () => {
  it('is one of 100, each asked of 20 answers', () => {
    expect(assertions.length * answers.length).toBe(2_000);
    expect(new Set(assertions.map(({ assertion }) => assertion)).size).toBe(100);
  });

  it.each(assertions.filter(({ assertion }) => !(assertion in differences)))(
    '$assertion passes and fails as there',
    async ({ assertion, passes }) => {
      expect(await passesHere(assertion)).toBe(passes);
    },
  );

  it.each(Object.keys(differences))('%s differs, as is meant', async (assertion) => {
    const theirs = assertions.find((one) => one.assertion === assertion)?.passes ?? '';

    const ours = await passesHere(assertion);

    const differing = [...ours].filter((value, at) => value !== theirs[at]).length;
    expect(differing).toBe(assertion.startsWith('regex') ? answers.length : 1);
  });
});
