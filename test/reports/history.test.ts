import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DriftFacts } from '../../src/drift-types.ts';
import type { HistoryRow } from '../../src/history-types.ts';
import { renderHistory, renderHistoryJson } from '../../src/reports/history.ts';
import { columnsOf } from '../../src/reports/width.ts';
import { hostileText } from './made-summary.ts';

const steady: DriftFacts = {
  state: 'steady',
  changed: false,
  sentence: 'not worse',
  since: null,
  baseline: [],
  watched: [],
};

const night = (day: number, fields: Partial<HistoryRow> = {}): HistoryRow => ({
  directory: `/srv/nightly/${day}`,
  id: `b-${day}`,
  started_at: `2026-11-${day}T03:00:00.412Z`,
  state: 'finished',
  agent_version: '3-ab12',
  verdict: 'OK',
  exit_code: 0,
  counts: {
    ...{ planned: 150, success: 150, error: 0, interrupted: 0, skipped: 0, not_yet: 0 },
    ...{ uncertain: 0, interrupted_as_expected: 0 },
  },
  error_rate: 0,
  scores: [{ name: 'exact', mean: 0.951 }],
  latency_p50_ms: 812,
  total_tokens: 12_300,
  drift: steady,
  fault: null,
  ...fields,
});

const untold = {
  ...{ verdict: null, exit_code: null, counts: null, error_rate: null, scores: [] },
  ...{ latency_p50_ms: null, total_tokens: null, drift: null },
} as const;

const lines = (rows: readonly HistoryRow[], width = 120) =>
  renderHistory(rows, { width, colour: false }).trimEnd().split('\n');

describe('renderHistory', () => {
  it('tells each batch in a line, and what changed the state below', () => {
    const regressed = {
      ...steady,
      state: 'regressed',
      changed: true,
      sentence: 'worse: exact fell',
    } as const;
    const bad = night(28, { verdict: 'REGRESSED', exit_code: 1, error_rate: 0.04, drift: regressed });

    expect(lines([bad, night(27)])).toEqual([
      'began             verdict    drift           exact  errors  turns     p50  tokens  agent',
      '2026-11-28 03:00  REGRESSED  regressed, new  0.951   4.0 %    150  812 ms  12,300  3-ab12',
      '2026-11-27 03:00  OK         steady          0.951     0 %    150  812 ms  12,300  3-ab12',
      '',
      '  2026-11-28 03:00: worse: exact fell',
    ]);
  });

  it('tells one that did not end, and one whose summary cannot be read', () => {
    const shown = lines([
      night(28, { ...untold, state: 'running' }),
      night(27, { ...untold, fault: 'summary.json: expected the summary of a batch' }),
    ]);

    expect(shown[1]).toMatch(/^2026-11-28 03:00 {2}running {2}– +–/);
    expect(shown[2]).toContain('damaged');
    expect(shown.at(-1)).toContain('expected the summary of a batch');
  });

  it('leaves out what matters least where the line is short', () => {
    const [titles] = lines([night(28)], 60);

    expect(titles).toBe('began             verdict  drift   exact  errors  agent');
  });

  it('ends after 30, and says how many there are more', () => {
    const rows = Array.from({ length: 33 }, () => night(28));

    const shown = lines(rows);

    expect(shown).toHaveLength(32);
    expect(shown.at(-1)).toBe('and 3 older');
    expect(JSON.parse(renderHistoryJson(rows))).toEqual(rows);
  });

  it('says so where there is none', () => {
    expect(lines([])).toEqual(['There is no batch yet.']);
  });

  it('keeps its width, and a terminal’s peace, whatever scorers and versions are called', () => {
    fc.assert(
      fc.property(hostileText, hostileText, fc.integer({ min: 60, max: 140 }), (name, version, width) => {
        const row = night(28, { scores: [{ name, mean: 0.5 }], agent_version: version });
        const shown = lines([row], width);

        expect(shown).toHaveLength(2);
        for (const line of shown) {
          expect(columnsOf(line)).toBeLessThanOrEqual(width);
          expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
        }
      }),
    );
  });
});
