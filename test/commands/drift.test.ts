import { describe, expect, it } from 'vitest';
import { driftOf, evidenceOf } from '../../src/commands/drift.ts';
import type { DriftFacts } from '../../src/drift-types.ts';
import type { HistoryRow } from '../../src/history-types.ts';
import { madeSide, scored } from '../comparing/made-sides.ts';
import { madeTrouble } from '../reports/made-records.ts';

const count = 40;
const side = (wrong: number, failing = 0) =>
  madeSide(
    Array.from({ length: count }, (_, at) =>
      at < failing
        ? { ...madeTrouble('error', `e${at}`), input: `ask e${at}` }
        : scored(`e${at}`, at < wrong ? 0 : 1),
    ),
  );

const night = (name: string, version: string | null, drift: DriftFacts | null = null): HistoryRow => ({
  directory: `/srv/nightly/${name}`,
  id: name,
  started_at: `2026-11-${name}T03:00:00.000Z`,
  state: 'finished',
  agent_version: version,
  verdict: 'OK',
  exit_code: 0,
  counts: null,
  error_rate: 0,
  scores: [],
  latency_p50_ms: null,
  total_tokens: null,
  drift,
  fault: null,
});

interface Night {
  /** The newest first. */
  readonly batches: readonly HistoryRow[];
  readonly good?: readonly HistoryRow[];
  readonly wrong?: number;
  readonly failing?: number;
  readonly version?: string;
}

function drift({ batches, good = batches, wrong = 0, failing = 0, version = '3' }: Night): DriftFacts {
  return driftOf({
    before: { batches, good, notes: [] },
    evidence: good.length === 0 ? [] : evidenceOf(side(0), side(wrong, failing), ['exact'], 0.02),
    maxDrop: 0.02,
    agentVersion: version,
    startedAt: '2026-11-28T03:00:00.000Z',
    cwd: '/srv',
  });
}

describe('what is told of a change for the worse', () => {
  it('is by how much, and the agent’s version that changed since the last good batch', () => {
    const facts = drift({ batches: [night('27', '3'), night('26', '3')], wrong: 30, version: '4' });

    expect(facts).toMatchObject({ state: 'regressed', changed: true, since: '2026-11-28T03:00:00.000Z' });
    expect(facts.sentence).toBe(
      "worse than the last good ones: exact 1.000 → 0.250; likely cause: the agent's version changed from 3 to 4 between nightly/27 (2026-11-27T03:00:00.000Z) and this batch",
    );
  });

  it('names the first change after it, though bad batches lie between', () => {
    const [bad, worse, good] = [night('27', '5'), night('26', '4'), night('25', '3')];

    const { sentence } = drift({ batches: [bad, worse, good], good: [good], wrong: 30, version: '6' });

    expect(sentence).toContain(
      'changed from 3 to 4 between nightly/25 (2026-11-25T03:00:00.000Z) and nightly/26 (2026-11-26T03:00:00.000Z)',
    );
  });

  it.for([
    ['did not change', '3', "the agent's version is the same as then"],
    ['is not known of one of them', null, "no change of the agent's version is known"],
  ] as const)('says so where the version %s', ([, version, told]) => {
    const { sentence } = drift({ batches: [night('27', version)], wrong: 30 });

    expect(sentence.endsWith(`; ${told}`)).toBe(true);
  });

  it('is told of failing to run too', () => {
    const { sentence, watched } = drift({ batches: [night('27', '3')], failing: 20 });

    expect(watched.map(({ scorer, state }) => [scorer, state])).toEqual([
      ['exact', 'steady'],
      [null, 'regressed'],
    ]);
    expect(sentence).toContain('worse than the last good ones: failed to run 0.0 % → 50.0 %;');
  });

  it('stays what it was where all fail to run and no score tells', () => {
    const regressed = drift({ batches: [night('26', '3')], wrong: 30 });

    const facts = drift({ batches: [night('27', '3', regressed), night('26', '3')], failing: count });

    expect(facts.watched[0]).toMatchObject({ scorer: 'exact', state: 'regressed', evidence: null });
    expect(facts).toMatchObject({ state: 'regressed', changed: false, since: regressed.since });
    expect(facts.sentence).toContain('exact not scored');
  });
});

describe('what is told of a recovery', () => {
  it('comes once, after as much care', () => {
    const good = [night('25', '3')];
    const regressed = drift({ batches: good, wrong: 30 });
    const nights: DriftFacts[] = [regressed];

    for (const name of ['26', '27', '28'])
      nights.push(drift({ batches: [night(name, '3', nights.at(-1) ?? null), ...good], good }));

    expect(nights.filter(({ changed }) => changed)).toHaveLength(2);
    expect(nights.find(({ changed, state }) => changed && state === 'steady')?.sentence).toBe(
      'as good as the last good ones again: exact 1.000 → 1.000',
    );
  });

  it('is no recovery where no good batch is left, and told', () => {
    const regressed = drift({ batches: [night('26', '3')], wrong: 30 });

    const facts = drift({ batches: [night('27', '3', regressed)], good: [] });

    expect(facts).toMatchObject({ state: 'steady', changed: true, watched: [] });
    expect(facts.sentence).toContain('no good batch is left to compare with: it begins anew');
  });
});
