import { describe, expect, it } from 'vitest';
import type { ComparisonVerdict } from '../../src/comparison-types.ts';
import type { DriftState } from '../../src/drift-types.ts';
import { verdictOf } from '../../src/reports/verdict.ts';
import type { Counts, Stop } from '../../src/summary-types.ts';

function counts(fields: Partial<Counts>): Counts {
  const { success = 0, error = 0, interrupted = 0, skipped = 0, not_yet = 0, uncertain = 0 } = fields;
  const { interrupted_as_expected = 0 } = fields;
  const planned = success + error + interrupted + skipped + not_yet;
  return { planned, success, error, interrupted, skipped, not_yet, uncertain, interrupted_as_expected };
}

const stop = (code: Stop['code'], signal?: Stop['signal']): Stop => ({ code, message: 'Because.', signal });
const bad = counts({ success: 5, error: 2, interrupted: 1 });
const good = counts({ success: 5 });
const badWithRest = counts({ success: 5, error: 2, not_yet: 3 });

describe('the verdict', () => {
  it.each([
    ['asks as expected', counts({ success: 5, interrupted: 2, interrupted_as_expected: 2 }), 0, 'OK'],
    ['asks once too often', counts({ success: 5, interrupted: 2, interrupted_as_expected: 1 }), 1, 'FAILED'],
  ] as const)('of an agent that %s', (_, ended, exit_code, verdict) => {
    expect(verdictOf({ counts: ended, stop: null })).toMatchObject({ exit_code, verdict });
  });

  const holds = { gate: 'mean(exact) >= 0.5', holds: true, value: 0.6, sentence: 'it holds' };
  const broken = { gate: 'mean(exact) >= 0.9', holds: false, value: 0.6, sentence: 'it does not hold' };
  const compared = (verdict: ComparisonVerdict) => ({ verdict, sentence: `the score is ${verdict}` });

  const drifted = (state: DriftState) => ({ state, sentence: `it is ${state}` });

  it.each([
    ['gates that hold', { gates: [holds] }, 0, 'OK', 'all 5 turns succeeded; its gate holds'],
    ['a gate that does not', { gates: [holds, broken] }, 1, 'FAILED', 'it does not hold'],
    ['no drop', { comparison: compared('OK') }, 0, 'OK', 'the score is OK; all 5 turns succeeded'],
    ['a drop', { comparison: compared('REGRESSED') }, 1, 'REGRESSED', 'the score is REGRESSED'],
    [
      'a drop and a broken gate',
      { comparison: compared('REGRESSED'), gates: [broken] },
      1,
      'REGRESSED',
      'the score is REGRESSED; it does not hold',
    ],
    [
      'a drop of one night alone',
      { comparison: compared('REGRESSED'), drift: drifted('steady') },
      0,
      'OK',
      'it is steady; all 5 turns succeeded',
    ],
    [
      'a change that is sure, though the night is not',
      { comparison: compared('OK'), drift: drifted('regressed') },
      1,
      'REGRESSED',
      'it is regressed',
    ],
    [
      'a night that decides nothing, which is to fail elsewhere',
      { comparison: compared('INCONCLUSIVE'), drift: drifted('steady'), onInconclusive: 'fail' as const },
      0,
      'OK',
      'it is steady; all 5 turns succeeded',
    ],
    [
      'nothing sure',
      { comparison: compared('INCONCLUSIVE') },
      0,
      'INCONCLUSIVE',
      'the score is INCONCLUSIVE; all 5 turns succeeded',
    ],
    [
      'nothing sure, which is to fail',
      { comparison: compared('INCONCLUSIVE'), onInconclusive: 'fail' as const },
      1,
      'INCONCLUSIVE',
      'the score is INCONCLUSIVE; all 5 turns succeeded',
    ],
  ])('of %s', (_, judged, exit_code, verdict, sentence) => {
    expect(verdictOf({ counts: good, stop: null, ...judged })).toEqual({ exit_code, verdict, sentence });
  });

  it.each([
    // A signal counts only while there is work left.
    ['SIGHUP with work left', badWithRest, stop('signal', 'SIGHUP'), 129, 'INCONCLUSIVE'],
    ['SIGINT with work left', badWithRest, stop('signal', 'SIGINT'), 130, 'INCONCLUSIVE'],
    ['SIGTERM with work left', badWithRest, stop('signal', 'SIGTERM'), 143, 'INCONCLUSIVE'],
    ['SIGINT after the last turn, all good', good, stop('signal', 'SIGINT'), 0, 'OK'],
    ['SIGINT after the last turn, some bad', bad, stop('signal', 'SIGINT'), 1, 'FAILED'],
    // What could not go on comes before what the results are.
    ['a person is needed', badWithRest, stop('needs_person'), 4, 'FAILED'],
    ['a person is needed, nothing left', good, stop('needs_person'), 4, 'FAILED'],
    ['unreachable', badWithRest, stop('unreachable'), 3, 'INCONCLUSIVE'],
    ['try later', badWithRest, stop('try_later'), 3, 'INCONCLUSIVE'],
    ['try later, nothing left', good, stop('try_later'), 3, 'INCONCLUSIVE'],
    ['killed: turns left and nothing stopped it', badWithRest, null, 3, 'INCONCLUSIVE'],
    // The results.
    ['a brake', badWithRest, stop('brake'), 1, 'FAILED'],
    ['a brake with only successes so far', counts({ success: 5, not_yet: 3 }), stop('brake'), 1, 'FAILED'],
    ['a budget', counts({ success: 5, not_yet: 3 }), stop('budget'), 1, 'FAILED'],
    ['errors', counts({ success: 5, error: 1 }), null, 1, 'FAILED'],
    ['interrupts', counts({ success: 5, interrupted: 1 }), null, 1, 'FAILED'],
    ['skipped rows beside successes', counts({ success: 5, skipped: 2 }), null, 0, 'OK'],
    ['only successes', good, null, 0, 'OK'],
    ['nothing at all', counts({}), null, 0, 'OK'],
  ] as const)('of %s', (_, of, because, exitCode, verdict) => {
    const told = verdictOf({ counts: of, stop: because });

    expect(told).toMatchObject({ exit_code: exitCode, verdict });
  });

  it.each([
    [badWithRest, stop('signal', 'SIGINT'), 'stopped by SIGINT, 3 of 10 turns left'],
    [badWithRest, stop('needs_person'), 'could not go on, 3 of 10 turns left'],
    [good, stop('needs_person'), 'could not go on, no turn left'],
    [badWithRest, stop('unreachable'), 'could not go on yet, 3 of 10 turns left'],
    [badWithRest, stop('brake'), 'stopped early, 3 of 10 turns left'],
    [badWithRest, null, 'not finished, 3 of 10 turns left'],
    [bad, null, '2 of 8 turns failed, 1 waits for a person'],
    [counts({ error: 1 }), null, '1 of 1 turn failed'],
    [counts({ success: 1_318, interrupted: 2 }), null, '2 of 1,320 turns wait for a person'],
    [counts({ success: 1_319 }), null, 'all 1,319 turns succeeded'],
    [counts({ success: 1 }), null, 'the one turn succeeded'],
    [counts({ success: 1, skipped: 2 }), null, '1 turn succeeded, 2 skipped'],
    [counts({}), null, 'there was nothing to ask'],
  ] as const)('says in one line what it comes to: %#', (of, because, sentence) => {
    expect(verdictOf({ counts: of, stop: because }).sentence).toBe(sentence);
  });

  it('fits 60 columns with five digits', () => {
    const many = counts({ success: 12_345, error: 23_456, interrupted: 12_345, not_yet: 12_345 });
    const stops = [null, stop('signal', 'SIGTERM'), stop('needs_person'), stop('unreachable'), stop('brake')];

    const lines = stops.map((because) => verdictOf({ counts: many, stop: because }));

    for (const { verdict, sentence } of lines)
      expect(`${verdict}: ${sentence}`.length).toBeLessThanOrEqual(62);
  });
});
